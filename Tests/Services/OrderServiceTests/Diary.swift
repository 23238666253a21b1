import Logging
import ServiceKit
import Synchronization

/// Keeps the lines a service logs, and lets a test wait for one.
final class Diary: Sendable {
    private struct State {
        var events: [JSONValue] = []
        var waiting: [(message: String, continuation: AsyncStream<JSONValue>.Continuation)] = []
    }

    private let state = Mutex(State())

    var events: [JSONValue] { state.withLock(\.events) }

    func events(_ message: String) -> [JSONValue] { events.filter { $0["message"]?.string == message } }

    /// The first line that says `message`, written already or yet to be.
    func line(_ message: String) async -> JSONValue? {
        let (stream, continuation) = AsyncStream.makeStream(of: JSONValue.self)
        state.withLock { state in
            if let event = state.events.first(where: { $0["message"]?.string == message }) {
                continuation.yield(event)
            } else {
                state.waiting.append((message, continuation))
            }
        }
        for await event in stream { return event }
        return nil
    }

    func runtime(instance: String, clock: WallClock) -> ServiceRuntime {
        let sink = LogSink { bytes in
            // A line that is no JSON object is kept as null, which no test expects.
            let event = (try? JSONParser.parse(Array(bytes.dropLast()))) ?? .null
            self.state.withLock { state in
                state.events.append(event)
                for waiting in state.waiting where event["message"]?.string == waiting.message {
                    waiting.continuation.yield(event)
                }
            }
        }
        let handler = JSONLogHandler(service: "order-service", instance: instance, level: .trace, sink: sink)
        return ServiceRuntime(
            settings: ServiceSettings(name: "order-service", instance: instance, port: 0),
            logger: Logger(label: "test") { _ in handler }, clock: clock)
    }
}
