/// Writes JSON bytes straight into a buffer. Every string is escaped so that the result is one line to whoever splits
/// lines, Unicode's separators included, and does nothing to a terminal: no control character, C1 set included, and no
/// mark that turns the direction of text is written as it is.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// The bytes of one value.
    package static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.bytes
    }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .number(let number): bytes.append(contentsOf: (number.isFinite ? String(number) : "null").utf8)
        case .string(let text): write(string: text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(string: member.name)
                bytes.append(UInt8(ascii: ":"))
                write(member.value)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func write(string text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var index = 0
            while index < utf8.count {
                let byte = utf8[index]
                if byte < 0x80 {
                    write(ascii: byte)
                    index += 1
                } else if let (unit, width) = Self.invisible(utf8, at: index) {
                    write(escaped: unit)
                    index += width
                } else {
                    bytes.append(byte)
                    index += 1
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func write(ascii byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: [0x5C, 0x22])
        case UInt8(ascii: "\\"): bytes.append(contentsOf: [0x5C, 0x5C])
        case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
        case 0x0D: bytes.append(contentsOf: [0x5C, UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
        case 0..<0x20, 0x7F: write(escaped: UInt16(byte))
        default: bytes.append(byte)
        }
    }

    private mutating func write(escaped unit: UInt16) {
        bytes.append(contentsOf: [0x5C, UInt8(ascii: "u")])
        for shift: UInt16 in [12, 8, 4, 0] { bytes.append(Self.hexadecimal[Int(unit >> shift & 15)]) }
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

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
