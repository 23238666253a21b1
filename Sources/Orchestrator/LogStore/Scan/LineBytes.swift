import CBytes

/// One line's bytes, and what every walk over them needs: blanks, words, quotes. Indices count from the
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
        // The first comparison decides nearly always; without it the three of a blank become a jump table.
        while index < end, byte(index) <= 0x20, Self.isBlank(byte(index)) { index += 1 }
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

    /// Which of the 64 bytes from `start` on, as far as they may be loaded, are quotes or backslashes: the first one is the
    /// lowest bit.
    @inline(__always)
    func quotes(from start: Int) -> UInt64 { cbytes_quotes(base + start, max(0, limit - start)) }
}
