import Glibc

/// One line's bytes, and what every walk over them needs: blanks, words, the ends of strings. Indices count from the
/// line's start.
///
/// The pointer comes from an array that outlives the call. The subscript checks its index; whoever calls ``byte(_:)``
/// has compared it with ``end``.
struct LineBytes {
    private let base: UnsafeRawPointer
    /// How many bytes the line has.
    let end: Int
    /// How many bytes may be loaded, which can be more than the line has.
    private let limit: Int

    @inline(__always)
    init(_ base: UnsafeRawPointer, end: Int, limit: Int) {
        self.base = base
        self.end = end
        self.limit = limit
    }

    @inline(__always)
    func byte(_ index: Int) -> UInt8 { base.load(fromByteOffset: index, as: UInt8.self) }

    /// NUL where the line has no byte.
    @inline(__always)
    subscript(index: Int) -> UInt8 { index >= 0 && index < end ? byte(index) : 0 }

    @inline(__always)
    func buffer(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    /// The first index from `index` on that holds no blank.
    @inline(__always)
    func skippingBlanks(_ index: Int) -> Int {
        var index = index
        while index < end, Self.isBlank(byte(index)) { index += 1 }
        return index
    }

    /// The first index from `index` on at which no colour is switched (`ESC [ 32 m`).
    func skippingColours(_ index: Int) -> Int {
        var index = index
        while self[index] == 0x1B, self[index + 1] == UInt8(ascii: "[") {
            var last = index + 2
            while 0x20..<0x40 ~= self[last] { last += 1 }
            guard 0x40..<0x7F ~= self[last] else { return index }
            index = last + 1
        }
        return index
    }

    /// Whether an ASCII letter, a digit or `_` stands there.
    func isWord(_ index: Int) -> Bool {
        switch self[index] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A number of just so many digits, or the first digits of a longer one.
    func number(at index: Int, digits: Int) -> Int64? {
        var value: Int64 = 0
        for index in index..<(index + digits) {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }

    func skippingDigits(_ index: Int) -> Int {
        var index = index
        while self[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index
    }

    /// The last byte that is no blank, of a line that has one.
    var lastByte: UInt8 {
        var index = end - 1
        while index > 0, Self.isBlank(byte(index)) { index -= 1 }
        return self[index]
    }

    /// The first eight bytes of some that stand within the line, as a little-endian word.
    @inline(__always)
    func word(at from: Int, length: Int) -> UInt64 {
        if from + 8 <= limit {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: from, as: UInt64.self))
            return length >= 8 ? word : word & ((1 &<< UInt64(length &* 8)) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<min(length, 8) { word |= UInt64(byte(from + index)) &<< UInt64(index &* 8) }
        return word
    }

    /// The line as if it ended there, at or before its end.
    func prefix(_ end: Int) -> LineBytes { LineBytes(base, end: end, limit: limit) }

    /// A key's first eight bytes and its next eight as little-endian words; what is longer is none of ours.
    @inline(__always)
    func words(_ key: Range<Int>) -> (first: UInt64, tail: UInt64) {
        let length = key.count
        let tail = length > 8 && length <= 16 ? word(at: key.lowerBound + 8, length: length - 8) : 0
        return (word(at: key.lowerBound, length: length), tail)
    }

    /// What a key means.
    @inline(__always)
    func name(_ key: Range<Int>) -> KeyName? {
        let words = words(key)
        return KeyName(words.first, length: key.count, tail: words.tail)
    }

    /// The index of the quote that ends the string whose first byte is at `from`, and whether it holds escapes.
    @inline(__always)
    func stringEnd(_ from: Int) -> (end: Int, isEscaped: Bool)? {
        var index = from
        var isEscaped = false
        while true {
            index = quoteOrBackslash(index)
            guard index < end else { return nil }
            if byte(index) == UInt8(ascii: "\"") { return (index, isEscaped) }
            isEscaped = true
            index += 2
        }
    }

    /// Where the next `"` or `\` is; `end` or more when there is none. Most strings end within a few words; in longer
    /// ones the C library's wide search is faster.
    @inline(__always)
    private func quoteOrBackslash(_ from: Int) -> Int {
        var index = from
        let near = min(limit, from + 48)
        while index + 8 <= near {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ 0x2222_2222_2222_2222
            let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
            // The lowest set bit marks the first zero byte (higher ones may be carries).
            let hits =
                ((quotes &- 0x0101_0101_0101_0101) & ~quotes | (backslashes &- 0x0101_0101_0101_0101) & ~backslashes)
                & 0x8080_8080_8080_8080
            if hits != 0 { return index + hits.trailingZeroBitCount >> 3 }
            index += 8
        }
        return distantQuoteOrBackslash(index)
    }

    /// In windows, so that a long string with an escape here and there is not searched to its end for each of them.
    @inline(never)
    private func distantQuoteOrBackslash(_ from: Int) -> Int {
        var index = from
        while index < end {
            let count = min(end - index, 4_096)
            let quote = memchr(base + index, 0x22, count).map { UnsafeRawPointer($0) - base } ?? index + count
            if let backslash = memchr(base + index, 0x5C, quote - index) { return UnsafeRawPointer(backslash) - base }
            if quote < index + count { return quote }
            index += count
        }
        return end
    }
}
