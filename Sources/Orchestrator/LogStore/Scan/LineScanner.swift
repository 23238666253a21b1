import Glibc

/// Finds lines in bytes and the fields we know in lines, without decoding JSON: quotes are searched a word at a time,
/// braces counted, and only the keys of the outermost object compared.
///
/// This file and ``LineBytes`` read log bytes through raw pointers, no other does. Every pointer comes from an array
/// that outlives the call, and every load is checked against that array's end.
package enum LineScanner {
    /// The fields of one line, given without its newline.
    package static func fields(of line: ArraySlice<UInt8>) -> LineFields {
        line.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return LineFields() }
            return fields(of: LineBytes(base, end: bytes.count, limit: bytes.count))
        }
    }

    @inline(__always)
    private static func fields(of line: LineBytes) -> LineFields {
        ObjectWalk(line).fields(from: line.skippingBlanks(0))
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
                let line = LineBytes(base + start, end: end - start, limit: buffer.count - start)
                try visit(start..<end, fields(of: line))
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
            let bytes = LineBytes(base, end: bytes.count, limit: bytes.count)
            _ = ObjectWalk(bytes).forEachField(from: bytes.skippingBlanks(0)) { key, value in
                visit((line.startIndex + key.lowerBound)..<(line.startIndex + key.upperBound), value)
                return true
            }
        }
    }

    /// Whether `needle` occurs in `bytes`.
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
