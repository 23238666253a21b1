import NIOCore
import ServiceKit
import ServiceLifecycle
import Synchronization

/// The connections to the upstreams, those of each event loop apart. Shut down after the server.
final class UpstreamClient: Service {
    private let accessLog: AccessLog
    private let all = Mutex<[ObjectIdentifier: NIOLoopBound<UpstreamConnections>]>([:])

    /// - Parameter accessLog: of what is sent over them.
    init(_ accessLog: AccessLog) {
        self.accessLog = accessLog
    }

    /// Those of `eventLoop`, on which this is to be called.
    func connections(on eventLoop: any EventLoop) -> UpstreamConnections {
        all.withLock { all in
            if let known = all[ObjectIdentifier(eventLoop)] { return known.value }
            let new = UpstreamConnections(on: eventLoop, LoopTurn(of: eventLoop, accessLog))
            all[ObjectIdentifier(eventLoop)] = NIOLoopBound(new, eventLoop: eventLoop)
            return new
        }
    }

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // Cancelled instead of shut down: the connections are closed all the same.
        }
        for connections in all.withLock({ Array($0.values) }) {
            try await connections.eventLoop.submit { connections.value.close() }.get()
        }
    }
}
