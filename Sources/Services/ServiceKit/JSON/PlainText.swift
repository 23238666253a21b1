/// Finds fast that a text has nothing to escape, which is true of nearly all that is logged: eight bytes at a time.
enum PlainText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// Whether all bytes are printable ASCII characters that JSON writes as they are. Others may be too.
    static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        let bytes = UnsafeRawBufferPointer(utf8)
        guard bytes.count >= 8 else {
            var word = ones &* UInt64(UInt8(ascii: " "))
            for byte in bytes { word = word << 8 | UInt64(byte) }
            return isPlain(word)
        }
        var offset = 0
        while offset + 8 <= bytes.count {
            guard isPlain(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) else { return false }
            offset += 8
        }
        // The last eight, some of them for the second time.
        return isPlain(bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
    }

    /// In each byte the highest bit says that it is no ASCII, or borrowed one: then it was below what was taken away, as
    /// a control character is below the space, and only a byte without a difference is below one.
    private static func isPlain(_ word: UInt64) -> Bool {
        func lacks(_ byte: UInt8) -> UInt64 { (word ^ ones &* UInt64(byte)) &- ones }
        let control = word &- ones &* 0x20
        let harmful = word | control | lacks(UInt8(ascii: "\"")) | lacks(UInt8(ascii: "\\")) | lacks(0x7F)
        return harmful & (ones << 7) == 0
    }
}
