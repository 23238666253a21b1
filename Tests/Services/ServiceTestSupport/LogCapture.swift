import Logging
import ServiceKit
import Synchronization

/// Keeps the lines a service logs, as the bytes that would have gone to stdout.
package final class LogCapture: Sendable {
    private let captured = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { captured.withLock(\.self) }

    /// Forgets what was logged so far.
    package func clear() {
        captured.withLock { $0 = [] }
    }

    /// Every line, parsed; a line that is no JSON object throws.
    package func events() throws -> [JSONValue] {
        try lines.map { try JSONParser.parse(Array($0.utf8)) }
    }

    package func logger(level: Logger.Level = .trace, fields: LogFields = .declared) -> Logger {
        let sink = LogSink { bytes in
            let lines = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) + "\n" }
            self.captured.withLock { $0 += lines }
        }
        let handler = JSONLogHandler(
            service: "test-service", instance: "test-service.1", level: level, fields: fields, sink: sink)
        return Logger(label: "test") { _ in handler }
    }
}

extension ServiceRuntime {
    /// A runtime that logs into `logs` and takes a free port, unless it is given a socket.
    package static func test(
        logs: LogCapture = LogCapture(), clock: WallClock = .system, socket: PassedSocket? = nil,
        endpoints: String? = nil, connections: ConnectionBounds = ConnectionBounds(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) -> ServiceRuntime {
        ServiceRuntime(
            settings: ServiceSettings(
                name: "test-service", instance: "test-service.1", port: 0, socket: socket, endpoints: endpoints,
                connections: connections),
            logger: logs.logger(), clock: clock, now: now)
    }
}
