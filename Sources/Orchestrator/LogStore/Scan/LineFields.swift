/// What the scanner found in one line: values where they are cheap, otherwise where their bytes are, counted from the
/// line's start.
package struct LineFields: Sendable, Hashable {
    package var level: LogLevel?
    package var time: LogTime?
    package var trace = FieldText()
    package var span = FieldText()
    package var request = FieldText()
    package var message = FieldText()
    /// Whether the line looks like one whole JSON object: it begins with `{`, and that brace is closed at the line's
    /// end. Braces and quotes were counted, no more; whoever copies the bytes into JSON validates them first.
    package var isRecord = false
    /// Whether the message is structlog's `event`, or an object: one that is called so and is no object comes before it.
    private var isMessageWeak = false

    package init() {}

    /// Whether the line begins an entry of its own, rather than continuing the one above it, as a stack trace does.
    package var beginsEntry: Bool { isRecord || time != nil || level != nil }

    /// Keeps the value of a key, unless an earlier one of the same meaning was usable. Returns whether it was kept.
    @inline(__always)
    mutating func take(_ name: KeyName, _ value: FieldText, _ line: LineBytes) -> Bool {
        switch name {
        case .level where level == nil:
            level = LogLevel(spelled: line.buffer(value.range))
            return level != nil
        case .severityNumber where level == nil:
            level = LogLevel(severityNumber: line.buffer(value.range))
            return level != nil
        case .time where time == nil:
            time = LogTime(spelled: line.buffer(value.range))
            return time != nil
        case .trace where trace.kind == .missing && value.isID(line): trace = value
        case .span where span.kind == .missing && value.isID(line): span = value
        case .request where request.kind == .missing && value.isID(line): request = value
        case .message where message.kind == .missing || isMessageWeak: return takeMessage(value, line)
        case .event where message.kind == .missing && (value.kind == .plain || value.kind == .escaped):
            message = value
            isMessageWeak = true
            return false
        default: return false
        }
        return true
    }

    private mutating func takeMessage(_ value: FieldText, _ line: LineBytes) -> Bool {
        guard !value.isNull(line) else { return false }
        let isWeak = value.kind == .other && (line[value.range.lowerBound] | 0x20) == UInt8(ascii: "{")
        guard !isWeak || message.kind == .missing else { return false }
        message = value
        isMessageWeak = isWeak
        return !isWeak
    }
}

/// Where a value stands in its line, without the quotes of a string.
package struct FieldText: Sendable, Hashable {
    package enum Kind: UInt8, Sendable {
        case missing
        /// A string without escapes: its bytes are its text.
        case plain
        /// A string with escapes.
        case escaped
        /// A number, Boolean, null, object or array.
        case other
    }
    package let kind: Kind
    private let start: UInt32
    private let end: UInt32

    package init() { (kind, start, end) = (.missing, 0, 0) }

    @inline(__always)
    init(_ kind: Kind, _ range: Range<Int>) {
        self.kind = kind
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        end = UInt32(truncatingIfNeeded: range.upperBound)
    }

    /// Whether it can be an id: neither null nor an empty string.
    @inline(__always)
    fileprivate func isID(_ line: LineBytes) -> Bool { kind == .plain ? start < end : !isNull(line) }

    fileprivate func isNull(_ line: LineBytes) -> Bool {
        kind == .other && end - start == 4 && line.word(at: Int(start), length: 4) == 0x6C6C_756E
    }

    package var range: Range<Int> { Int(start)..<Int(end) }

    /// The value's bytes within `line`.
    package func bytes(in line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line[(line.startIndex + Int(start))..<(line.startIndex + Int(end))]
    }

    func isNull(in line: ArraySlice<UInt8>) -> Bool {
        kind == .other && end - start == 4 && bytes(in: line).elementsEqual("null".utf8)
    }

    /// The value as text, unescaped and with invalid UTF-8 replaced; nil when it is missing or null.
    package func text(in line: ArraySlice<UInt8>) -> String? {
        let bytes = bytes(in: line)
        switch kind {
        case .missing: return nil
        case .plain: return String(decoding: bytes, as: UTF8.self)
        case .escaped: return JSONText.unescaped(bytes)
        case .other: return bytes.elementsEqual("null".utf8) ? nil : String(decoding: bytes, as: UTF8.self)
        }
    }
}
