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

    /// 16 digits for each word, the highest first.
    static func text(_ words: UInt64...) -> String {
        String(unsafeUninitializedCapacity: words.count * 16) { text in
            for (index, word) in words.enumerated() {
                for place in 0..<16 {
                    text[index * 16 + place] = digit(UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(place))) & 15)
                }
            }
            return words.count * 16
        }
    }
}
