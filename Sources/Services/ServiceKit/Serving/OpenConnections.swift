import NIOCore
import Synchronization

/// The connections of a server, from the moment they are accepted.
final class OpenConnections: Sendable {
    private struct State {
        var beingSetUp = 0
        var channels: [ObjectIdentifier: any Channel] = [:]
        var whenSetUp: EventLoopPromise<Void>?
    }

    private let state = Mutex(State())

    /// Those that will be included.
    var count: Int { state.withLock { $0.beingSetUp + $0.channels.count } }

    var channels: [any Channel] { state.withLock { Array($0.channels.values) } }

    /// A connection that will be, unless it breaks first.
    func add(_ connection: EventLoopFuture<any Channel>) {
        state.withLock { $0.beingSetUp += 1 }
        connection.whenComplete { result in
            let channel = try? result.get()
            let waiting = self.state.withLock { state in
                state.beingSetUp -= 1
                if let channel { state.channels[ObjectIdentifier(channel)] = channel }
                return state.beingSetUp == 0 ? state.whenSetUp : nil
            }
            channel?.closeFuture.whenComplete { _ in
                guard let channel else { return }
                _ = self.state.withLock { $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
            }
            waiting?.succeed()
        }
    }

    /// Fulfilled when every connection added so far can be read from, or is closed. To be called when no more are added.
    func allSetUp(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let isDone = state.withLock { state in
            state.whenSetUp = promise
            return state.beingSetUp == 0
        }
        if isDone { promise.succeed() }
        return promise.futureResult
    }
}
