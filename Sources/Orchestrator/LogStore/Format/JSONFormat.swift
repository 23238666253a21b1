import StateDirectory

/// The documented shape `msctl.log/1`, without a newline.
enum JSONFormat {
    static func append(_ line: LogLine, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"schema":"msctl.log/1","time":""#.utf8)
        line.time.append(to: &bytes)
        bytes.append(contentsOf: #"","service":"#.utf8)
        JSONText.append(line.instance.service, to: &bytes)
        bytes.append(contentsOf: #","instance":"#.utf8)
        JSONText.append(line.instance.description, to: &bytes)
        bytes.append(contentsOf: #","run":"#.utf8)
        bytes.append(contentsOf: String(line.run).utf8)
        bytes.append(contentsOf: #","stream":""#.utf8)
        bytes.append(contentsOf: line.stream.rawValue.utf8)
        bytes.append(contentsOf: #"","offset":"#.utf8)
        bytes.append(contentsOf: String(line.offset).utf8)
        bytes.append(contentsOf: #","level":"#.utf8)
        if let level = line.level {
            JSONText.append(level.name, to: &bytes)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
        bytes.append(contentsOf: #","message":"#.utf8)
        if line.fields.message.kind == .plain {
            JSONText.append(line.fields.message, in: line.bytes, to: &bytes)
        } else {
            JSONText.append(line.message, to: &bytes)
        }
        append("traceId", line.fields.trace, of: line, to: &bytes)
        append("requestId", line.fields.request, of: line, to: &bytes)
        if line.isPartial { bytes.append(contentsOf: #","partial":true"#.utf8) }
        // Only what is JSON for certain is copied as it is.
        if line.bytes.first == UInt8(ascii: "{") || line.fields.isRecord, JSONValidator.isObject(line.bytes) {
            bytes.append(contentsOf: #","fields":"#.utf8)
            bytes.append(contentsOf: line.bytes.last == 0x0D ? line.bytes.dropLast() : line.bytes)
        } else {
            bytes.append(contentsOf: #","raw":"#.utf8)
            JSONText.append(String(decoding: line.bytes, as: UTF8.self), to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ name: StaticString, _ value: FieldText, of line: LogLine, to bytes: inout [UInt8]) {
        guard value.kind != .missing, !value.isNull(in: line.bytes) else { return }
        bytes.append(contentsOf: #",""#.utf8)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: #"":"#.utf8)
        JSONText.append(value, in: line.bytes, to: &bytes)
    }
}
