import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceKit

/// The connections to instances that belong to one event loop; only used there.
///
/// How many there may be is for the bulkheads to say: each call has one to itself.
final class UpstreamConnections {
    /// A refused connection is an answer; this is for hosts that say nothing.
    static let connectTimeout = TimeAmount.seconds(1)

    /// Beyond so many those that nobody is connected to are forgotten.
    private static let mostAddresses = 64

    let eventLoop: any EventLoop
    let turn: LoopTurn
    /// By authority.
    private var idle: [String: IdleConnections] = [:]
    private(set) var isClosed = false

    init(on eventLoop: any EventLoop, _ turn: LoopTurn) {
        self.eventLoop = eventLoop
        self.turn = turn
    }

    /// An open connection to `endpoint` without a request; nil when there is none.
    func take(to endpoint: Endpoint) -> UpstreamConnection? { idle(endpoint).take() }

    /// A new connection to `endpoint`.
    func connect(to endpoint: Endpoint) -> EventLoopFuture<NIOLoopBound<UpstreamConnection>> {
        let connections = NIOLoopBound((self, idle(endpoint)), eventLoop: eventLoop)
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    // What is sent is either ours, or was read by a parser that refuses what could end a field.
                    let encoder = RequestEncoder()
                    try pipeline.addHandlers(
                        [encoder, ByteToMessageHandler(HTTPResponseDecoder())] as [any ChannelHandler])
                    let (connections, idle) = connections.value
                    try pipeline.addHandler(UpstreamConnection(to: idle, of: connections, encoder))
                }
            }
            .connect(host: endpoint.host, port: endpoint.port)
            .flatMapThrowing { channel in
                let handler = try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self)
                return NIOLoopBound(handler, eventLoop: channel.eventLoop)
            }
    }

    func close() {
        isClosed = true
        for connections in idle.values { connections.close() }
    }

    private func idle(_ endpoint: Endpoint) -> IdleConnections {
        if let known = idle[endpoint.authority] { return known }
        // Instances come and go, each with an address of its own.
        if idle.count >= Self.mostAddresses { idle = idle.filter { !$0.value.isEmpty } }
        let new = IdleConnections()
        idle[endpoint.authority] = new
        return new
    }
}

/// The connections to one address that have no request. The one that was used last is used next, so that what is not needed
/// grows old.
final class IdleConnections {
    private var connections: [UpstreamConnection] = []

    var isEmpty: Bool { connections.isEmpty }

    func take() -> UpstreamConnection? {
        while let connection = connections.popLast() {
            if connection.isFresh { return connection }
            connection.close()
        }
        return nil
    }

    func add(_ connection: UpstreamConnection) {
        connections.append(connection)
    }

    /// Forgets a connection that is closed.
    func remove(_ connection: UpstreamConnection) {
        connections.removeAll { $0 === connection }
    }

    func close() {
        for connection in connections { connection.close() }
    }
}
