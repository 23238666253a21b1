import CLinux
import Glibc

/// Finds lines in bytes and the fields we know in lines. A line is a JSON object, logfmt, or text, as its first byte
/// tells. JSON is not decoded: quotes are searched a word at a time, braces counted, and of nested objects only those
/// read that may hold fields of ours.
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
        let start = line.skippingBlanks(0)
        if line[start] == UInt8(ascii: "{") { return ObjectWalk(line).fields(from: start) }
        // What is indented belongs to the line above it.
        return start == 0 ? textFields(of: line) : LineFields()
    }

    @inline(never)
    private static func textFields(of line: LineBytes) -> LineFields {
        LogfmtWalk(line).fields() ?? TextHead(line).fields
    }

    /// Visits every line that ends in a newline, in order; the ranges are `bytes`' own, without the newline. Returns where
    /// the rest begins.
    @inline(__always)
    package static func forEachLine(
        in bytes: ArraySlice<UInt8>, _ visit: (Range<Int>, LineFields) throws -> Void
    ) rethrows -> Int {
        try bytes.withUnsafeBytes { buffer in
            let first = bytes.startIndex
            guard let base = buffer.baseAddress else { return first }
            var start = 0
            while let newline = memchr(base + start, 0x0A, buffer.count - start) {
                let end = UnsafeRawPointer(newline) - base
                let line = LineBytes(base + start, end: end - start, limit: buffer.count - start)
                try visit((first + start)..<(first + end), fields(of: line))
                start = end + 1
            }
            return first + start
        }
    }

    /// Visits every field of a line's outermost object, or every pair of a logfmt line, in order, as far as it is well
    /// formed. Keys are ranges of `line`'s own indices; a string's range is without its quotes.
    package static func forEachField(
        of line: ArraySlice<UInt8>, _ visit: (_ key: Range<Int>, _ value: FieldText) -> Void
    ) {
        let first = line.startIndex
        withFields(of: line) { _, key, value in visit((first + key.lowerBound)..<(first + key.upperBound), value) }
    }

    /// The same for who prints millions: bytes instead of ranges, valid during the visit.
    static func forEachField(of line: ArraySlice<UInt8>, _ visit: (ScannedField) -> Void) {
        withFields(of: line) { bytes, key, value in
            visit(
                ScannedField(
                    name: bytes.name(key), key: bytes.buffer(key), value: value, text: bytes.buffer(value.range)))
        }
    }

    @inline(__always)
    private static func withFields(of line: ArraySlice<UInt8>, _ visit: (LineBytes, Range<Int>, FieldText) -> Void) {
        line.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let bytes = LineBytes(base, end: bytes.count, limit: bytes.count)
            let start = bytes.skippingBlanks(0)
            if bytes[start] == UInt8(ascii: "{") {
                _ = ObjectWalk(bytes).forEachField(from: start) { key, value in
                    visit(bytes, key, value)
                    return true
                }
            } else if LogfmtWalk(bytes).fields() != nil {
                _ = LogfmtWalk(bytes).forEachPair { visit(bytes, $0, $1) }
            }
        }
    }

    /// Visits every line from an index on in which `needle` (not empty) occurs, in order; the ranges are with their
    /// newlines.
    static func forEachLine<Failure: Error>(
        in bytes: [UInt8], from first: Int, with needle: [UInt8], _ visit: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = first
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

/// A field as it stands in its line; a string's text is without its quotes.
struct ScannedField {
    let name: KeyName?
    let key: UnsafeRawBufferPointer
    let value: FieldText
    let text: UnsafeRawBufferPointer

    var isNull: Bool { value.kind == .other && Self.isSame(text, "null") }

    func isCalled(_ name: StaticString) -> Bool { Self.isSame(key, name) }

    private static func isSame(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        bytes.elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
