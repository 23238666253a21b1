/// Digits of base 16, lower case when written.
enum Hexadecimal {
    /// - Parameter value: below 16.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    /// nil for what is no digit.
    static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// 16 digits.
    static func text(_ word: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { text in
            write(word, to: UnsafeMutableRawBufferPointer(text), at: 0)
            return 16
        }
    }

    /// 32 digits.
    static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { text in
            let bytes = UnsafeMutableRawBufferPointer(text)
            write(high, to: bytes, at: 0)
            write(low, to: bytes, at: 16)
            return 32
        }
    }

    private static func write(_ word: UInt64, to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: digits(UInt32(word >> 32)), toByteOffset: offset, as: UInt64.self)
        bytes.storeBytes(of: digits(UInt32(truncatingIfNeeded: word)), toByteOffset: offset + 8, as: UInt64.self)
    }

    /// The eight digits of `word`, the first in the lowest byte, all at a time: its halves are moved apart until each digit has a
    /// byte, and those above nine are moved on to the letters.
    static func digits(_ word: UInt32) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var digits = UInt64(word)
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & (ones &* 0x0F)
        let letters = (digits &+ ones &* 6) >> 4 & ones
        let toLetters = UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
        return (digits &+ ones &* UInt64(UInt8(ascii: "0")) &+ letters &* toLetters).byteSwapped
    }
}
