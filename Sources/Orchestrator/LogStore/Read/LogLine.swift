import StateDirectory

/// One line as it stands in its file, with what is known of it. It shares its bytes with the block it was read in.
package struct LogLine: Sendable {
    package let file: LogFile
    /// Of its first byte, in its file: with the file its address, for ever.
    package let offset: Int64
    /// As written, without the newline.
    package private(set) var bytes: ArraySlice<UInt8>
    package let fields: LineFields
    /// The line's own time, or, when it has none, that of the line before it: a stack trace stays with its record.
    package let time: LogTime
    /// Where it stands among the lines of other files; never before the lines above it in its own file.
    let place: LogTime
    /// It has no newline: its process died while writing it, or is still at it, or it is a piece of a line over 8 MiB.
    package let isPartial: Bool

    package var instance: InstanceID { file.run.instance }
    package var run: Int { file.run.run }
    package var stream: LogStream { file.stream }
    package var level: LogLevel? { fields.level }

    /// The message of a record, or the whole of any other line; invalid UTF-8 is replaced.
    package var message: String {
        fields.isRecord || fields.message.kind != .missing ? fields.message.text(in: bytes) ?? "" : text
    }
    /// The whole line; invalid UTF-8 is replaced, control bytes are left as they are.
    package var text: String { String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self) }
    /// Where the next line begins, or the next piece of this one.
    var end: Int64 { offset + Int64(bytes.count) + (isPartial ? 0 : 1) }
    package var traceID: String? { fields.trace.text(in: bytes) }
    package var spanID: String? { fields.span.text(in: bytes) }
    package var requestID: String? { fields.request.text(in: bytes) }
}

extension LogLine {
    /// Gives the lines that were found among so many bytes memory of their own when they are few: each would keep all of
    /// those bytes for as long as it waits for its reader.
    static func keepAlone(_ lines: inout [LogLine], of count: Int) {
        guard lines.reduce(0, { $0 + $1.bytes.count }) < count / 8 else { return }
        for index in lines.indices { lines[index].bytes = Array(lines[index].bytes)[...] }
    }
}
