/// Writes JSON bytes straight into a buffer. Every string is escaped so that the result is one line to whoever splits
/// lines, Unicode's separators included, and does nothing to a terminal: no control character, C1 set included, and no
/// mark that turns the direction of text is written as it is.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// The bytes of one value.
    package static func bytes(of value: some JSONWritable) -> [UInt8] {
        var writer = JSONWriter()
        value.write(to: &writer)
        return writer.bytes
    }

    /// The same for what may be written as a literal.
    package static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.bytes
    }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): write(integer: number)
        case .number(let number): bytes.append(contentsOf: (number.isFinite ? String(number) : "null").utf8)
        case .string(let text): write(string: text)
        case .array(let elements): array(elements) { $0.write($1) }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.write(name: member.name)
                    writer.write(member.value)
                }
            }
        }
    }

    /// Forgets what was written, and keeps the room for more.
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// A comma, unless an object, an array or a line has just begun.
    mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "["), last != 0x0A {
            append(UInt8(ascii: ","))
        }
    }

    /// A member's name; its value is to follow.
    mutating func write(name: String) {
        separate()
        write(string: name)
        append(UInt8(ascii: ":"))
    }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(contentsOf buffer: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: buffer) }

    mutating func write(integer number: Int64) { write(integer: number, isNegative: number < 0) }

    private mutating func write(integer number: Int64, isNegative: Bool) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: digits[start..<20])
        }
    }

    /// A number of thousandths as the `Double` that is nearest would be written, without making one: `1500` is `1.5`,
    /// `2000` is `2.0`.
    mutating func write(thousandths number: Int64) {
        write(integer: number / 1000, isNegative: number < 0)
        append(UInt8(ascii: "."))
        let rest = number.magnitude % 1000
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 100))
        if rest % 100 > 0 { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 10 % 10)) }
        if rest % 10 > 0 { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)) }
    }

    /// A string with its quotes.
    package mutating func write(string text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            if PlainText.isPlain(utf8) { bytes.append(contentsOf: utf8) } else { writeEscaped(utf8) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var index = 0
        var written = 0
        while index < utf8.count {
            guard Self.isSpecial[Int(utf8[index])] else {
                index += 1
                continue
            }
            bytes.append(contentsOf: utf8[written..<index])
            index += writeSpecial(utf8, at: index)
            written = index
        }
        bytes.append(contentsOf: utf8[written...])
    }

    /// Bytes that cannot be copied unseen: those that are escaped, and those with which a character that is may begin.
    private static let isSpecial: [Bool] = (0...255).map { byte in
        byte < 0x20 || [0x22, 0x5C, 0x7F, 0xC2, 0xD8, 0xE2].contains(byte)
    }

    /// Writes the character that begins at `index`, and returns how many bytes it has, or one byte of it.
    private mutating func writeSpecial(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let byte = utf8[index]
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: [0x5C, 0x22])
        case UInt8(ascii: "\\"): bytes.append(contentsOf: [0x5C, 0x5C])
        case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
        case 0x0D: bytes.append(contentsOf: [0x5C, UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
        case 0..<0x80: write(escaped: UInt16(byte))
        default:
            guard let (unit, width) = Self.invisible(utf8, at: index) else {
                bytes.append(byte)
                return 1
            }
            write(escaped: unit)
            return width
        }
        return 1
    }

    private mutating func write(escaped unit: UInt16) {
        bytes.append(contentsOf: [0x5C, UInt8(ascii: "u")])
        for shift: UInt16 in [12, 8, 4, 0] { bytes.append(Hexadecimal.digit(UInt8(unit >> shift & 15))) }
    }

    /// The character that begins at `index` and its bytes, if it is one to be escaped: U+0080 to U+009F, U+061C,
    /// U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069. All of them have two or three bytes.
    private static func invisible(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> (unit: UInt16, width: Int)? {
        func next(_ offset: Int) -> UInt16 { UInt16(utf8[index + offset] & 0x3F) }
        switch utf8[index] {
        case 0xC2 where utf8[index + 1] < 0xA0: return (0x80 | next(1), 2)
        case 0xD8 where utf8[index + 1] == 0x9C: return (0x061C, 2)
        case 0xE2:
            let unit = 0x2000 | next(1) << 6 | next(2)
            switch unit {
            case 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: return (unit, 3)
            default: return nil
            }
        default: return nil
        }
    }
}
