import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// One request that is passed on, and its answer on its way back. Everything happens on the event loop of the client's
/// connection, in the order of the parts, so there is nothing to lock and nobody to wait for.
///
/// It is sent to the least busy instance, and when that could not take it or broke off before it answered, to another one or
/// over another connection. An answer is never asked for again, whatever it says: a 503 with Retry-After least of all. The
/// second try comes at once: it is made elsewhere, so there is nothing to wait for.
final class Exchange {
    enum Phase {
        case connecting
        case waiting
        case passing
        case over
    }

    let call: UpstreamCall
    var upload: Upload
    let pass: UpstreamPass
    let request: ClientRequest
    let forwarder: Forwarder
    let client: ClientConnection
    var phase = Phase.connecting
    var lease: InstanceLease?
    var connection: UpstreamConnection?
    var tries = 0
    /// By the monotonic clock that the circuit breaker goes by.
    let begun: ContinuousClock.Instant
    /// Of the try under way.
    var start = NIODeadline.now()
    var identity: RequestIdentity
    var connectTimeout: Scheduled<Void>?
    /// Of the answer's body, in bytes.
    var passed = 0

    init(
        _ call: UpstreamCall, _ upload: Upload, _ pass: UpstreamPass, of request: ClientRequest,
        by forwarder: Forwarder,
        for client: ClientConnection
    ) {
        self.call = call
        self.upload = upload
        self.pass = pass
        self.request = request
        self.forwarder = forwarder
        self.client = client
        identity = request.identity
        begun = forwarder.now()
    }

    /// Throws 503 when no instance is ready.
    func begin() throws(Problem) {
        guard let lease = forwarder.pool.lease() else { throw forwarder.metrics.refusal(.noInstance) }
        forwarder.protection.retries.earn()
        send(to: lease, over: client.connections.take(to: lease.endpoint))
    }

    // MARK: What the client sends

    /// Whether the client's body is to be read on: there is somebody who takes it.
    var takesBody: Bool { phase != .connecting && connection?.isWritable != false }

    func take(_ part: ByteBuffer) {
        guard phase != .over, !upload.hasEnded else { return }
        let now = NIODeadline.now()
        do {
            try upload.take(part, at: now)
        } catch {
            return refuse(error)
        }
        guard let connection, phase != .connecting else { return }
        connection.send(.body(.byteBuffer(part)))
        upload.letGo()
        if connection.isWritable { upload.startWaiting(at: now) }
    }

    func takeEnd() {
        guard phase != .over, !upload.hasEnded else { return }
        upload.end(at: .now())
        guard let connection, phase != .connecting else { return }
        connection.send(.end(nil))
        connection.flush()
    }

    /// What can be read at once was read.
    func flushUpload() {
        if !upload.hasEnded { connection?.flush() }
    }

    /// The client's channel takes more of the answer, or takes no more for now. The upstream may be silent for as long as
    /// it is the client who is waited for.
    func clientTakesMore(_ isWritable: Bool) {
        guard phase == .passing else { return }
        connection?.hold(!isWritable)
        connection?.expect(by: isWritable ? .now() + TimeAmount(forwarder.timeout) : nil)
    }

    func clientLeft() {
        let wasPassing = phase == .passing
        giveUp()
        if wasPassing { report("the client went away during the answer", ChannelError.eof) }
    }

    // MARK: One try

    func send(to lease: InstanceLease, over connection: UpstreamConnection?) {
        tries += 1
        self.lease = lease
        request.upstream = lease.endpoint.instance
        start = .now()
        if let connection { return use(connection) }
        phase = .connecting
        let attempt = tries
        connectTimeout = client.connections.eventLoop.assumeIsolated().scheduleTask(deadline: call.deadline) {
            self.timedOut()
        }
        client.connections.connect(to: lease.endpoint).assumeIsolated().whenComplete { result in
            self.connected(result.map(\.value), attempt)
        }
    }

    private func connected(_ result: Result<UpstreamConnection, any Error>, _ attempt: Int) {
        guard phase == .connecting, tries == attempt else {
            // It came too late for this exchange; another one may use it.
            if case .success(let connection) = result { connection.rest() }
            return
        }
        connectTimeout?.cancel()
        switch result {
        case .success(let connection): use(connection)
        case .failure(let error): failed(UpstreamFailure(CallFailure(error)), error)
        }
    }

    private func use(_ connection: UpstreamConnection) {
        guard let lease else { return }
        self.connection = connection
        phase = .waiting
        let now = NIODeadline.now()
        connection.begin(
            self,
            call.head(to: lease.endpoint, at: now, in: identity.trace), call.fields,
            isWhole: call.framing == .none)
        for part in upload.kept { connection.send(.body(.byteBuffer(part))) }
        upload.letGo()
        if !upload.hasEnded {
            client.invite(request)
            upload.startWaiting(at: now)
        } else if call.framing != .none {
            connection.send(.end(nil))
        }
        connection.expect(by: call.deadline)
        connection.flush()
        client.readOn()
    }
}
