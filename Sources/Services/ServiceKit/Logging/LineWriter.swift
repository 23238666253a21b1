/// Writes the members of one log line into room that is known to be enough. Each name comes as it stands in the line, with
/// what is before and behind it: `,"path":"`.
struct LineWriter {
    private var raw: RawWriter

    init(_ room: UnsafeMutableBufferPointer<UInt8>) {
        raw = RawWriter(UnsafeMutableRawBufferPointer(room))
    }

    var count: Int { raw.count }

    /// The room that any text takes at most: an escaped character has six bytes.
    static func size(of text: String?) -> Int { text.map { 6 * $0.utf8.count } ?? 0 }

    /// The room that any number takes at most.
    static let numberSize = 24

    mutating func write(_ constant: StaticString) { raw.write(constant: constant) }

    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { raw.write($0) }
    }

    mutating func write(_ time: Timestamp) {
        raw.write(count: Timestamp.width) { time.write(into: $0) }
    }

    /// - Parameter text: needs no escaping.
    mutating func member(_ name: StaticString, plain text: String) {
        raw.write(constant: name)
        raw.write(text)
        raw.write(UInt8(ascii: "\""))
    }

    mutating func member(_ name: StaticString, _ text: String) {
        raw.write(constant: name)
        var copy = text
        let isPlain = copy.withUTF8 { utf8 in
            guard PlainText.isPlain(utf8) else { return false }
            raw.write(UnsafeRawBufferPointer(utf8))
            return true
        }
        if isPlain { raw.write(UInt8(ascii: "\"")) } else { write(escaping: text) }
    }

    mutating func member(_ name: StaticString, _ number: Int) {
        raw.write(constant: name)
        raw.write(decimal: Int64(number))
    }

    /// As ``JSONWriter`` writes them.
    mutating func member(_ name: StaticString, thousandths number: Int64) {
        raw.write(constant: name)
        if number < 0, number > -1000 { raw.write(UInt8(ascii: "-")) }
        raw.write(decimal: number / 1000)
        raw.write(UInt8(ascii: "."))
        let rest = number.magnitude % 1000
        raw.write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 100))
        if rest % 100 > 0 { raw.write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 10 % 10)) }
        if rest % 10 > 0 { raw.write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)) }
    }

    /// The rest of a member whose text is not plain, the quote at its end included.
    private mutating func write(escaping text: String) {
        var writer = JSONWriter()
        writer.write(string: text)
        writer.bytes.withUnsafeBytes { raw.write(UnsafeRawBufferPointer(rebasing: $0.dropFirst())) }
    }
}
