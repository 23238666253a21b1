import Foundation
import Logging

/// Writes each log event as one JSON object on one line: `timestamp`, `level`, `service`, `instance`, `message`,
/// `traceId`, `spanId`, `parentSpanId`, `requestId`, then the event's own fields in name order.
///
/// The trace comes from ``RequestIdentity/current``, so every line written while a request is served has it, whichever
/// logger wrote it. Which fields there may be is declared, see ``LogFields``; nobody logs bodies, tokens or passwords.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    /// The members `service` and `instance`, which are the same in every line.
    private let origin: [UInt8]
    private let declared: LogFields
    private let sink: LogSink

    package init(
        service: String, instance: String, level: Logger.Level, fields: LogFields = .declared,
        sink: LogSink = .standardOutput
    ) {
        declared = fields
        var origin = JSONWriter()
        origin.member("service", service)
        origin.member("instance", instance)
        self.origin = origin.bytes
        self.logLevel = level
        self.sink = sink
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var writer = JSONWriter(reserving: 640)
        writer.object { line in
            line.member("timestamp", Timestamp.now())
            line.member("level", event.level.rawValue)
            line.separate()
            origin.withUnsafeBufferPointer { line.append(contentsOf: $0) }
            line.member("message", event.message.description)
            if let identity = RequestIdentity.current {
                line.member("traceId", identity.trace.traceID)
                line.member("spanId", identity.trace.spanID)
                if let parent = identity.trace.parentID { line.member("parentSpanId", parent) }
                line.member("requestId", identity.requestID)
            }
            for (name, value) in fields(of: event) {
                line.write(name: name)
                value.write(to: &line)
            }
        }
        writer.append(0x0A)
        sink.write(writer.bytes)
    }

    /// One line of which the size is known, so that it is written in one go.
    ///
    /// - Parameters:
    ///   - message: needs no escaping.
    ///   - size: of what `fields` writes, at most.
    ///   - fields: writes the event's own fields in name order. Each must be one that may be written.
    func write(
        _ level: Logger.Level, _ message: StaticString, by identity: RequestIdentity, reserving size: Int,
        _ fields: (inout LineWriter) -> Void
    ) {
        var writer = JSONWriter(reserving: 640)
        write(level, message, by: identity, to: &writer, reserving: size, fields)
        sink.write(writer.bytes)
    }

    /// Lines that are written later, together.
    func batch() -> LineBatch { LineBatch(sink: sink) }

    /// The same, written to `writer`.
    func write(
        _ level: Logger.Level, _ message: StaticString, by identity: RequestIdentity, to writer: inout JSONWriter,
        reserving size: Int, _ fields: (inout LineWriter) -> Void
    ) {
        let trace = identity.trace
        let ids = trace.traceID.utf8.count + trace.spanID.utf8.count + (trace.parentID?.utf8.count ?? 0)
        let room = Self.frameSize + origin.count + message.utf8CodeUnitCount + ids
        withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: room + LineWriter.size(of: identity.requestID) + size
        ) { room in
            var line = LineWriter(room)
            line.write(#"{"timestamp":""#)
            line.write(Timestamp.now())
            line.member(#"","level":""#, plain: level.rawValue)
            line.write(",")
            line.write(origin)
            line.write(#","message":""#)
            line.write(message)
            line.member(#"","traceId":""#, plain: trace.traceID)
            line.member(#","spanId":""#, plain: trace.spanID)
            if let parent = trace.parentID { line.member(#","parentSpanId":""#, plain: parent) }
            line.member(#","requestId":""#, identity.requestID)
            fields(&line)
            line.write("}\n")
            writer.append(contentsOf: UnsafeBufferPointer(rebasing: room[..<line.count]))
        }
    }

    /// What a line has beside its ids, its message, its origin and its own fields, rounded up.
    private static let frameSize = 192

    /// Whether lines have these fields and no others beside those that every line has and those that it is given.
    func writesNothing(but names: [String]) -> Bool {
        metadataProvider == nil && metadata.keys.allSatisfy(Self.reserved.contains)
            && names.allSatisfy(declared.contains)
    }

    /// In the order of their names; the event's own before the provider's before the logger's.
    private func fields(of event: LogEvent) -> [(key: String, value: Logger.MetadataValue)] {
        var fields = event.metadata ?? [:]
        if let provided = metadataProvider?.get() { fields.merge(provided) { own, _ in own } }
        fields.merge(metadata) { own, _ in own }
        if let error = event.error { fields["error"] = .string(String(reflecting: error)) }
        return fields.filter { mayBeWritten($0.key) }.sorted { $0.key < $1.key }
    }

    private func mayBeWritten(_ name: String) -> Bool {
        if Self.reserved.contains(name) { return false }
        if declared.contains(name) { return true }
        LogFields.countDropped()
        return false
    }

    /// Names that are ours, and the server's own request number that our request id replaces.
    private static let reserved: Set<String> = [
        "timestamp", "level", "service", "instance", "message", "traceId", "spanId", "parentSpanId", "requestId",
        "hb.request.id",
    ]
}

extension Logger.MetadataValue {
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let text): writer.write(string: text)
        case .stringConvertible(let value as Int): writer.write(integer: Int64(value))
        case .stringConvertible(let value as Double): writer.write(.number(value))
        case .stringConvertible(let value as Bool): writer.write(.bool(value))
        case .stringConvertible(let value): writer.write(string: value.description)
        case .array(let values): writer.array(values) { $1.write(to: &$0) }
        case .dictionary(let values):
            writer.object { writer in
                for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                    writer.write(name: name)
                    value.write(to: &writer)
                }
            }
        }
    }
}
