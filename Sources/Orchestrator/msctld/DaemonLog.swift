import CLinux
import Foundation
import Logging

/// The daemon's own log, msctld.log: JSON lines on stdout like any service's.
struct DaemonLog: Sendable {
    /// Milliseconds since 1970.
    var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    func info(_ message: String, _ pairs: String...) { write("info", message, pairs) }
    func error(_ message: String, _ pairs: String...) { write("error", message, pairs) }

    private func write(_ level: String, _ message: String, _ pairs: [String]) {
        var fields = ["timestamp": Self.timestamp(), "level": level, "service": "msctld", "message": message]
        for index in stride(from: 0, to: pairs.count - 1, by: 2) { fields[pairs[index]] = pairs[index + 1] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(fields) else { return }  // Strings always encode.
        line.append(0x0A)
        line.withUnsafeBytes { _ = CLinux.write(1, $0.baseAddress, $0.count) }
    }

    private static func timestamp() -> String {
        Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)) + "Z"
    }
}

/// The HTTP server's own talk is of no use to anyone here; what goes wrong is answered to who asked.
struct SilentLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .critical

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {}
}
