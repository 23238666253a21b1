import Logging
import ServiceKit
import Synchronization

/// Keeps the lines a service logs, as the bytes that would have gone to stdout.
package final class LogCapture: Sendable {
    private let captured = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { captured.withLock(\.self) }

    /// Every line, parsed; a line that is no JSON object throws.
    package func events() throws -> [JSONValue] {
        try lines.map { try JSONParser.parse(Array($0.utf8)) }
    }

    package func logger(level: Logger.Level = .trace) -> Logger {
        let sink = LogSink { bytes in
            self.captured.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        let handler = JSONLogHandler(service: "test-service", instance: "test-service.1", level: level, sink: sink)
        return Logger(label: "test") { _ in handler }
    }
}

extension ServiceRuntime {
    /// A runtime that logs into `logs` and takes a free port.
    package static func test(logs: LogCapture = LogCapture(), clock: WallClock = .system) -> ServiceRuntime {
        ServiceRuntime(
            settings: ServiceSettings(name: "test-service", instance: "test-service.1", port: 0),
            logger: logs.logger(), clock: clock)
    }
}
