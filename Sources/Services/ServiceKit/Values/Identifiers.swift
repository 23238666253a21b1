import Foundation

extension UUID {
    /// The nil UUID of RFC 9562: a placeholder that is never stored.
    package static let zero = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// The form the shop writes everywhere: lower case, as RFC 9562 asks of output.
    package var text: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var end = 0
            withUnsafeBytes(of: uuid) { bytes in
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[end] = UInt8(ascii: "-")
                        end += 1
                    }
                    text[end] = Hexadecimal.digit(byte >> 4)
                    text[end + 1] = Hexadecimal.digit(byte & 15)
                    end += 2
                }
            }
            return end
        }
    }

    /// Reads 36 characters, hyphens in their places, digits of either case; nil for anything else.
    package init?(text: String) { self.init(utf8: text.utf8) }

    package init?(text: Substring) { self.init(utf8: text.utf8) }

    private init?(utf8: some Sequence<UInt8>) {
        var value = Self.zero.uuid
        let isValid = withUnsafeMutableBytes(of: &value) { bytes in
            var digits = 0
            var position = 0
            for character in utf8 {
                if position == 8 || position == 13 || position == 18 || position == 23 {
                    guard character == UInt8(ascii: "-") else { return false }
                } else {
                    guard digits < 32, let digit = Hexadecimal.value(character) else { return false }
                    bytes[digits / 2] = bytes[digits / 2] << 4 | digit
                    digits += 1
                }
                position += 1
            }
            return position == 36
        }
        guard isValid else { return nil }
        self.init(uuid: value)
    }

    /// A random one (version 4) straight from the kernel; `UUID()` opens a file for each.
    package static func random() -> UUID {
        var generator = SystemRandomNumberGenerator()
        return random(&generator)
    }

    static func random(_ generator: inout some RandomNumberGenerator) -> UUID {
        var value = (generator.next() as UInt64, generator.next() as UInt64)
        return withUnsafeMutableBytes(of: &value) { bytes in
            bytes[6] = bytes[6] & 0x0F | 0x40
            bytes[8] = bytes[8] & 0x3F | 0x80
            return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
        }
    }
}
