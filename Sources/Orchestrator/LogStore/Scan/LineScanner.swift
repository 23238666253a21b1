import CLinux
import Glibc

/// Finds lines in bytes and the fields we know in lines, without decoding JSON: quotes are searched a word at a time,
/// braces counted, and only the keys of the outermost object compared.
///
/// This is the one file that reads log bytes through raw pointers. Every pointer comes from an array that outlives
/// the call, and every load is checked against that array's end.
package enum LineScanner {
    /// The fields of one line, given without its newline.
    package static func fields(of line: ArraySlice<UInt8>) -> LineFields {
        line.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return LineFields() }
            return LineWalk(base: base, start: 0, end: bytes.count, limit: bytes.count).fields()
        }
    }

    /// Visits every line that ends in a newline, in order; the ranges are without it. Returns where the rest begins.
    @inline(__always)
    package static func forEachLine(
        in bytes: [UInt8], _ visit: (Range<Int>, LineFields) throws -> Void
    ) rethrows -> Int {
        try bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var start = 0
            while let newline = memchr(base + start, 0x0A, buffer.count - start) {
                let end = UnsafeRawPointer(newline) - base
                let walk = LineWalk(base: base, start: start, end: end, limit: buffer.count)
                try visit(start..<end, walk.fields())
                start = end + 1
            }
            return start
        }
    }

    /// Visits every field of a line's outermost object, in order, as far as it is well formed. Ranges are into
    /// `line`'s own indices; a string's range is without its quotes.
    package static func forEachField(
        of line: ArraySlice<UInt8>, _ visit: (_ key: Range<Int>, _ value: FieldText) -> Void
    ) {
        line.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let walk = LineWalk(base: base, start: 0, end: bytes.count, limit: bytes.count)
            _ = walk.forEachField { keyStart, keyEnd, value in
                visit((line.startIndex + keyStart)..<(line.startIndex + keyEnd), value)
                return true
            }
        }
    }

    /// Visits every line in which `needle` (not empty) occurs, in order; the ranges are with their newlines.
    static func forEachLine<Failure: Error>(
        in bytes: [UInt8], with needle: [UInt8], _ visit: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while let found = position(of: needle, in: bytes, from: start) {
            let line = bytes.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress else { return 0..<0 }
                let before =
                    clinux_memrchr(base + start, 0x0A, found - start).map { UnsafeRawPointer($0) - base + 1 } ?? start
                let behind = found + needle.count
                let newline = memchr(base + behind, 0x0A, buffer.count - behind)
                return before..<(newline.map { UnsafeRawPointer($0) - base + 1 } ?? buffer.count)
            }
            try visit(line)
            start = line.upperBound
        }
    }

    /// Where `needle` occurs first in `bytes` from an index on: the C library's search, made for long stretches.
    static func position(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, start <= buffer.count else { return nil }
            return clinux_memmem(base + start, buffer.count - start, needle, needle.count).map { $0 - base }
        }
    }

    /// Whether `needle` occurs in `bytes`, a line or so.
    static func contains(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = needle.first else { return true }
        return bytes.withUnsafeBytes { haystack in
            guard let base = haystack.baseAddress else { return false }
            var start = 0
            while start + needle.count <= haystack.count,
                let found = memchr(base + start, Int32(first), haystack.count - needle.count - start + 1)
            {
                if memcmp(found, needle, needle.count) == 0 { return true }
                start = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }
}

/// One pass over one line: `base[start..<end]`, of which bytes up to `limit` may be loaded.
private struct LineWalk {
    let base: UnsafeRawPointer
    let start: Int
    let end: Int
    let limit: Int

    @inline(__always)
    private func byte(_ index: Int) -> UInt8 { base.load(fromByteOffset: index, as: UInt8.self) }

    /// The first index from `index` on that holds no blank.
    @inline(__always)
    private func skippingBlanks(_ index: Int) -> Int {
        var index = index
        while index < end, byte(index) == 0x20 || byte(index) == 0x09 || byte(index) == 0x0D { index += 1 }
        return index
    }

    @inline(__always)
    func fields() -> LineFields {
        var fields = LineFields()
        // Six things to find; the first usable value of each counts, and after the sixth the rest need not be read.
        var missing = 6
        let isClosed = forEachField { keyStart, keyEnd, value in
            guard let name = KeyName(word(keyStart, keyEnd), length: keyEnd - keyStart, tail: tail(keyStart, keyEnd))
            else { return true }
            switch name {
            case .level where fields.level == nil:
                fields.level = level(value)
                if fields.level != nil { missing -= 1 }
            case .time where fields.time == nil:
                fields.time = LogTime(spelled: buffer(value))
                if fields.time != nil { missing -= 1 }
            case .trace where fields.trace.kind == .missing:
                fields.trace = value
                missing -= 1
            case .span where fields.span.kind == .missing:
                fields.span = value
                missing -= 1
            case .request where fields.request.kind == .missing:
                fields.request = value
                missing -= 1
            case .message where fields.message.kind == .missing:
                fields.message = value
                missing -= 1
            default: break
            }
            return missing > 0
        }
        // Cut short after the sixth field, only the closing brace is looked at.
        fields.isRecord = isClosed || (missing == 0 && lastByte == UInt8(ascii: "}"))
        return fields
    }

    private var lastByte: UInt8 {
        var index = end - 1
        while index > start, byte(index) == 0x20 || byte(index) == 0x09 || byte(index) == 0x0D { index -= 1 }
        return byte(index)
    }

    @inline(__always)
    private func buffer(_ value: FieldText) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + start + value.range.lowerBound, count: value.range.count)
    }

    @inline(__always)
    private func level(_ value: FieldText) -> LogLevel? {
        let bytes = buffer(value)
        return LogLevel(spelled: bytes)
    }

    /// A key's first eight bytes as a little-endian word.
    @inline(__always)
    private func word(_ keyStart: Int, _ keyEnd: Int) -> UInt64 { word(at: start + keyStart, keyEnd - keyStart) }

    /// Its next eight; what is longer than both is none of ours.
    @inline(__always)
    private func tail(_ keyStart: Int, _ keyEnd: Int) -> UInt64 {
        let length = keyEnd - keyStart
        return length > 8 && length <= 16 ? word(at: start + keyStart + 8, length - 8) : 0
    }

    @inline(__always)
    private func word(at from: Int, _ length: Int) -> UInt64 {
        if from + 8 <= limit {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: from, as: UInt64.self))
            return length >= 8 ? word : word & ((1 &<< UInt64(length &* 8)) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<min(length, 8) { word |= UInt64(byte(from + index)) &<< UInt64(index &* 8) }
        return word
    }

    /// Visits the outermost object's fields until told to stop. True when the object was seen to its end and nothing
    /// but blanks follows it. Ranges count from the line's start.
    @inline(__always)
    func forEachField(_ visit: (_ keyStart: Int, _ keyEnd: Int, _ value: FieldText) -> Bool) -> Bool {
        var index = skippingBlanks(start)
        guard index < end, byte(index) == UInt8(ascii: "{") else { return false }
        index = skippingBlanks(index + 1)
        if index < end, byte(index) == UInt8(ascii: "}") { return skippingBlanks(index + 1) == end }
        while index < end, byte(index) == UInt8(ascii: "\"") {
            guard let key = stringEnd(index + 1) else { return false }
            let keyStart = index + 1
            index = skippingBlanks(key.end + 1)
            guard index < end, byte(index) == UInt8(ascii: ":") else { return false }
            index = skippingBlanks(index + 1)
            guard index < end else { return false }
            let value: FieldText
            switch byte(index) {
            case UInt8(ascii: "\""):
                guard let string = stringEnd(index + 1) else { return false }
                value = FieldText(string.isEscaped ? .escaped : .plain, (index + 1 - start)..<(string.end - start))
                index = string.end + 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard let close = nestedEnd(index) else { return false }
                value = FieldText(.other, (index - start)..<(close - start))
                index = close
            default:
                let from = index
                while index < end, !isScalarEnd(byte(index)) { index += 1 }
                value = FieldText(.other, (from - start)..<(index - start))
            }
            // A key with escapes is none of ours: nobody writes them so.
            if !visit(keyStart - start, key.end - start, value) { return false }
            index = skippingBlanks(index)
            guard index < end else { return false }
            if byte(index) == UInt8(ascii: "}") { return skippingBlanks(index + 1) == end }
            guard byte(index) == UInt8(ascii: ",") else { return false }
            index = skippingBlanks(index + 1)
        }
        return false
    }

    @inline(__always)
    private func isScalarEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte <= 0x20
    }

    /// The index of the quote that ends the string whose first byte is at `from`, and whether it holds escapes.
    @inline(__always)
    private func stringEnd(_ from: Int) -> (end: Int, isEscaped: Bool)? {
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

    /// The index after the bracket that closes the one at `from`.
    @inline(__always)
    private func nestedEnd(_ from: Int) -> Int? {
        var index = from
        var depth = 0
        while index < end {
            switch byte(index) {
            case UInt8(ascii: "\""):
                guard let string = stringEnd(index + 1) else { return nil }
                index = string.end
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }
}
