/// Finds where the strings of one line end, from left to right. All quotes of 64 bytes are found at once, so that no search
/// has to wait for the one before it.
struct StringEnds {
    private let bytes: LineBytes
    private var window: Int
    private var marks: UInt64

    /// Of the strings that begin at `start` or behind it.
    @inline(__always)
    init(_ bytes: LineBytes, from start: Int) {
        self.bytes = bytes
        window = start
        marks = bytes.quotes(from: start)
    }

    /// The index of the quote that ends the string whose first byte is at `from`, and whether it holds escapes. Never goes
    /// back: `from` is behind every string that was asked for before.
    @inline(__always)
    mutating func end(of from: Int) -> (end: Int, isEscaped: Bool)? {
        var index = from
        var isEscaped = false
        while true {
            index = mark(at: index)
            guard index < bytes.end else { return nil }
            if bytes.byte(index) == UInt8(ascii: "\"") { return (index, isEscaped) }
            isEscaped = true
            index += 2
        }
    }

    /// Where the next quote or backslash is; the line's end or more when there is none.
    @inline(__always)
    private mutating func mark(at from: Int) -> Int {
        var index = from
        while true {
            // Of a shift by 64 or more nothing remains.
            let rest = marks >> UInt64(truncatingIfNeeded: index &- window)
            if rest != 0 { return index &+ rest.trailingZeroBitCount }
            guard window &+ 64 < bytes.end else { return bytes.end }
            window &+= 64
            marks = bytes.quotes(from: window)
            index = max(index, window)
        }
    }
}
