import Foundation

extension UUID {
    /// The nil UUID of RFC 9562: a placeholder that is never stored.
    package static let zero = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// The form the shop writes everywhere: lower case, as RFC 9562 asks of output.
    package var text: String {
        let (high, low) = withUnsafeBytes(of: uuid) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return String(unsafeUninitializedCapacity: 36) { text in
            let bytes = UnsafeMutableRawBufferPointer(text)
            func write(_ word: UInt64, _ first: Int, _ second: Int) {
                let digits = Hexadecimal.digits(UInt32(truncatingIfNeeded: word))
                bytes.storeBytes(of: UInt32(truncatingIfNeeded: digits), toByteOffset: first, as: UInt32.self)
                bytes.storeBytes(of: UInt32(truncatingIfNeeded: digits >> 32), toByteOffset: second, as: UInt32.self)
            }
            write(high >> 32, 0, 4)
            write(high, 9, 14)
            write(low >> 32, 19, 24)
            write(low, 28, 32)
            bytes[8] = UInt8(ascii: "-")
            bytes[13] = UInt8(ascii: "-")
            bytes[18] = UInt8(ascii: "-")
            bytes[23] = UInt8(ascii: "-")
            return 36
        }
    }

    /// Reads 36 characters, hyphens in their places, digits of either case; nil for anything else.
    package init?(text: String) { self.init(utf8: text.utf8) }

    package init?(text: Substring) { self.init(utf8: text.utf8) }

    init?(utf8: some Sequence<UInt8>) {
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
