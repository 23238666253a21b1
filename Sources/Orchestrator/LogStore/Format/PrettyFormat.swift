import StateDirectory

/// `HH:MM:SS.mmm service.1 LEVEL message key=value …`, aligned, in local time; before lines of another day than the lines above
/// them, or than today, `-- 2026-01-31 --`.
struct PrettyFormat {
    let isColoured: Bool
    /// Grows when a longer name comes.
    var instanceWidth: Int
    private var clock = LocalClock()
    /// Of the last line; at first today.
    private var day: Int64
    /// The instance's column of the last line, as long as the next is of the same file.
    private var name: [UInt8] = []
    private var named: LogFile?

    init(isColoured: Bool, instanceWidth: Int, now: LogTime) {
        self.isColoured = isColoured
        self.instanceWidth = instanceWidth
        day = clock.day(of: now)
    }

    mutating func append(_ line: LogLine, to bytes: inout [UInt8]) {
        appendDay(of: line.time, to: &bytes)
        coloured("2", to: &bytes) { clock.append(line.time, to: &$0) }
        bytes.append(0x20)
        if named !== line.file { name(line.file) }
        bytes.append(contentsOf: name)
        let level = Self.word(line.level)
        coloured(Self.colour(of: line.level), to: &bytes) { $0.append(contentsOf: level.utf8) }
        for _ in level.utf8.count..<7 { bytes.append(0x20) }
        let start = bytes.count
        if line.fields.message.kind == .plain {
            line.fields.message.bytes(in: line.bytes).withUnsafeBytes { TerminalText.append($0, to: &bytes) }
        } else {
            TerminalText.append(Self.shortened(line.message), to: &bytes)
        }
        if line.fields.isRecord || line.fields.message.kind != .missing { appendFields(line, to: &bytes, from: start) }
        cut(line, at: start, in: &bytes)
        if line.isPartial { coloured("2", to: &bytes) { $0.append(contentsOf: " (unfinished line)".utf8) } }
    }

    private mutating func appendDay(of time: LogTime, to bytes: inout [UInt8]) {
        let day = clock.day(of: time)
        guard day != self.day else { return }
        self.day = day
        coloured("2", to: &bytes) { bytes in
            bytes.append(contentsOf: "-- ".utf8)
            clock.append(day: day, to: &bytes)
            bytes.append(contentsOf: " --".utf8)
        }
        bytes.append(0x0A)
    }

    private mutating func name(_ file: LogFile) {
        let instance = file.run.instance
        let text = instance.description
        instanceWidth = max(instanceWidth, text.utf8.count)
        name.removeAll(keepingCapacity: true)
        coloured(Self.colour(of: instance.service), to: &name) { TerminalText.append(text, to: &$0) }
        name.append(contentsOf: repeatElement(0x20, count: instanceWidth - text.utf8.count + 1))
        named = file
    }

    /// Every field that is not shown already, in the record's order.
    private func appendFields(_ line: LogLine, to bytes: inout [UInt8], from start: Int) {
        LineScanner.forEachField(of: line.bytes) { (field: ScannedField) in
            // Enough for the cut: a record of a thousand fields costs no more than its beginning.
            guard bytes.count - start <= TerminalText.longest, field.value.kind != .missing else { return }
            guard field.value != line.fields.message, !field.isNull, !isShown(field, line) else { return }
            bytes.append(0x20)
            coloured("2", to: &bytes) {
                TerminalText.append(field.key, to: &$0)
                $0.append(UInt8(ascii: "="))
            }
            append(field, of: line, to: &bytes)
        }
    }

    private func append(_ field: ScannedField, of line: LogLine, to bytes: inout [UInt8]) {
        let start = UnsafeRawBufferPointer(rebasing: field.text.prefix(TerminalText.longest + 1))
        if field.value.kind != .escaped, TerminalText.isPlain(start) {
            let needsQuotes = field.value.kind == .plain && (start.isEmpty || !TerminalText.isWord(start))
            if needsQuotes { bytes.append(0x22) }
            bytes.append(contentsOf: start)
            if needsQuotes { bytes.append(0x22) }
            return
        }
        let text = field.value.text(in: line.bytes) ?? ""
        let needsQuotes = text.isEmpty || text.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3D }
        if needsQuotes, field.value.kind != .other {
            var quoted: [UInt8] = []
            JSONText.append(Self.shortened(text), to: &quoted)
            TerminalText.append(String(decoding: quoted, as: UTF8.self), to: &bytes)
        } else {
            TerminalText.append(Self.shortened(text), to: &bytes)
        }
    }

    /// Whether the columns before the message show it.
    private func isShown(_ field: ScannedField, _ line: LogLine) -> Bool {
        switch field.name {
        case .severityNumber: line.level != nil && LogLevel(severityNumber: field.text) == line.level
        // OpenTelemetry's message is an object around the text.
        case .message:
            field.value.range.lowerBound < line.fields.message.range.lowerBound
                && line.fields.message.range.upperBound < field.value.range.upperBound
        case .level: line.level != nil && LogLevel(spelled: field.text) == line.level
        case .time: line.fields.time != nil && LogTime(spelled: field.text) == line.fields.time
        case nil where field.isCalled("service"): field.text.elementsEqual(line.instance.service.utf8)
        case nil where field.isCalled("instance"): field.text.elementsEqual(line.instance.description.utf8)
        default: false
        }
    }

    private static func shortened(_ text: String) -> Substring { text.prefix(TerminalText.longest + 1) }

    /// Ends a very long line at a whole character, and says so.
    private func cut(_ line: LogLine, at start: Int, in bytes: inout [UInt8]) {
        guard bytes.count - start > TerminalText.longest else { return }
        var end = start + TerminalText.longest
        while end > start, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        bytes.removeSubrange(end...)
        if isColoured { bytes.append(contentsOf: "\u{1B}[0m".utf8) }
        bytes.append(contentsOf: "… (\(line.bytes.count) bytes; --format raw shows them all)".utf8)
    }

    private func coloured(_ code: String, to bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        guard isColoured, !code.isEmpty else { return body(&bytes) }
        bytes.append(contentsOf: "\u{1B}[\(code)m".utf8)
        body(&bytes)
        bytes.append(contentsOf: "\u{1B}[0m".utf8)
    }

    private static func word(_ level: LogLevel?) -> String {
        switch level {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .notice: "NOTICE"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "CRIT"
        case nil: "-"
        }
    }

    private static func colour(of level: LogLevel?) -> String {
        switch level {
        case .trace, .debug, nil: "2"
        case .info: ""
        case .notice: "36"
        case .warning: "33"
        case .error: "31"
        case .critical: "1;31"
        }
    }

    /// The same colour for a service every time, none of them a level's: by FNV-1a of its name.
    private static func colour(of service: String) -> String {
        let hash = service.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return ["32", "34", "35", "92", "94", "95", "96"][Int(hash >> 32) % 7]
    }
}
