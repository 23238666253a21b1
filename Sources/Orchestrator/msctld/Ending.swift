import ServiceLifecycle
import Supervisor

/// The moment at which the daemon is to end, said by whoever knows first.
final class Ending: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func end() { continuation.finish() }

    func wait() async {
        for await _ in stream {}
    }
}

/// Ends the group when it is time, and lets watchers go first: the server waits for every answer that is under way.
struct EndService: Service {
    let ending: Ending
    let supervisor: Supervisor

    func run() async throws {
        await withGracefulShutdownHandler {
            await ending.wait()
        } onGracefulShutdown: {
            ending.end()
        }
        await supervisor.finishWatchers()
    }
}
