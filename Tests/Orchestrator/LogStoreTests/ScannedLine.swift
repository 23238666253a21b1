import LogStore

/// A line and what the scanner found in it.
struct ScannedLine {
    let bytes: ArraySlice<UInt8>
    let fields: LineFields

    /// Something stands before and after the line, so that an index that is off by the slice's start shows.
    init(_ line: String) {
        bytes = Array(("xx" + line + "\"yy").utf8)[2...].dropLast(3)
        fields = LineScanner.fields(of: bytes)
    }

    var level: LogLevel? { fields.level }
    var time: String? { fields.time?.text }
    var message: String? { fields.message.text(in: bytes) }
    var trace: String? { fields.trace.text(in: bytes) }
    var span: String? { fields.span.text(in: bytes) }
    var request: String? { fields.request.text(in: bytes) }
}
