/// base64url without padding (RFC 4648 section 5, RFC 7515 section 2).
package enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8?] = {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        return encode(bytes)
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { text in
            var (rest, bits, end): (UInt32, UInt32, Int) = (0, 0, 0)
            for byte in bytes {
                rest = rest << 8 | UInt32(byte)
                bits += 8
                while bits >= 6 {
                    bits -= 6
                    text[end] = digits[Int(rest >> bits & 63)]
                    end += 1
                }
            }
            if bits > 0 {
                text[end] = digits[Int(rest << (6 - bits) & 63)]
                end += 1
            }
            return end
        }
    }

    /// nil unless `text` is exactly what `encode` writes for some bytes: one text for each value, so that a token or a
    /// cursor has one spelling.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var (rest, bits): (UInt32, UInt32) = (0, 0)
        for digit in text.utf8 {
            guard let value = values[Int(digit)] else { return nil }
            rest = rest << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: rest >> bits))
            }
        }
        // A single digit more is no byte, and the bits behind the last byte are zero.
        guard bits < 6, rest & ((1 << bits) - 1) == 0 else { return nil }
        return bytes
    }
}
