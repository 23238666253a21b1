import Foundation
import Logging

/// Writes each log event as one JSON object on one line: `timestamp`, `level`, `service`, `instance`, `message`,
/// `traceId`, `spanId`, `parentSpanId`, `requestId`, then the event's own fields in name order.
///
/// The trace comes from ``RequestIdentity/current``, so every line written while a request is served has it, whichever
/// logger wrote it. A field may be added by anyone who logs; nobody logs bodies, tokens or passwords.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let service: String
    private let instance: String
    private let sink: LogSink

    package init(service: String, instance: String, level: Logger.Level, sink: LogSink = .standardOutput) {
        self.service = service
        self.instance = instance
        self.logLevel = level
        self.sink = sink
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields: [JSONValue.Member] = [
            .init("timestamp", Timestamp.now().json),
            .init("level", .string(event.level.rawValue)),
            .init("service", .string(service)),
            .init("instance", .string(instance)),
            .init("message", .string(event.message.description)),
        ]
        if let identity = RequestIdentity.current {
            fields.append(.init("traceId", .string(identity.trace.traceID)))
            fields.append(.init("spanId", .string(identity.trace.spanID)))
            if let parent = identity.trace.parentID { fields.append(.init("parentSpanId", .string(parent))) }
            fields.append(.init("requestId", .string(identity.requestID)))
        }
        var extra = metadata
        if let provided = metadataProvider?.get() { extra.merge(provided) { $1 } }
        if let own = event.metadata { extra.merge(own) { $1 } }
        if let error = event.error { extra["error"] = .string(String(reflecting: error)) }
        for (name, value) in extra.sorted(by: { $0.key < $1.key }) where !Self.reserved.contains(name) {
            fields.append(.init(name, value.json))
        }
        var line = JSONWriter.bytes(of: .object(fields))
        line.append(0x0A)
        sink.write(line)
    }

    /// Names that are ours, and the server's own request number that our request id replaces.
    private static let reserved: Set<String> = [
        "timestamp", "level", "service", "instance", "message", "traceId", "spanId", "parentSpanId", "requestId",
        "hb.request.id",
    ]
}

extension Logger.MetadataValue {
    fileprivate var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .stringConvertible(let value as Int): .integer(Int64(value))
        case .stringConvertible(let value as Double): .number(value)
        case .stringConvertible(let value as Bool): .bool(value)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(\.json))
        case .dictionary(let values):
            .object(values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) })
        }
    }
}
