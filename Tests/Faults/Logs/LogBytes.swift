import CLinux
import StateDirectory
import SystemPackage

/// Bytes of log files. They are hundreds of megabytes, and the tests are no release build: they are looked at by
/// pointer and by libc's searches.
struct LogBytes: Equatable {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    /// Nothing when there is no such file.
    static func read(_ path: FilePath) throws -> LogBytes { LogBytes(bytes: try AtomicFile.read(path) ?? []) }

    mutating func append(_ line: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: line)
        bytes.append(0x0A)
    }

    /// Newlines, and FNV-1a of 64 bits.
    var tally: (lines: Int, hash: UInt64) {
        bytes.withUnsafeBufferPointer { buffer in
            var (lines, hash) = (0, 0xCBF2_9CE4_8422_2325 as UInt64)
            guard var byte = buffer.baseAddress else { return (lines, hash) }
            let end = byte + buffer.count
            while byte < end {
                hash = (hash ^ UInt64(byte.pointee)) &* 0x0000_0100_0000_01B3
                if byte.pointee == 0x0A { lines += 1 }
                byte += 1
            }
            return (lines, hash)
        }
    }

    /// Each line without its newline, also a last one that has none, and where it begins.
    func forEachLine(_ body: (UnsafeRawBufferPointer, Int) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var start = 0
            while start < buffer.count {
                let newline = memchr(base + start, 0x0A, buffer.count - start)
                let end = newline.map { UnsafeRawPointer($0) - base } ?? buffer.count
                try body(UnsafeRawBufferPointer(start: base + start, count: end - start), start)
                start = end + 1
            }
        }
    }

    /// Where the lines begin.
    var starts: [Int] {
        var starts: [Int] = []
        forEachLine { _, start in starts.append(start) }
        return starts
    }

    /// The line that begins there, without its newline; nil when there is none.
    func withLine<Result>(at start: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard start >= 0, start < count else { return nil }
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let newline = memchr(base + start, 0x0A, buffer.count - start)
            let end = newline.map { UnsafeRawPointer($0) - base } ?? buffer.count
            return body(UnsafeRawBufferPointer(start: base + start, count: end - start))
        }
    }

    static func == (one: LogBytes, other: LogBytes) -> Bool {
        one.bytes.withUnsafeBytes { one in other.bytes.withUnsafeBytes { one.isEqual(to: $0) } }
    }
}

extension UnsafeRawBufferPointer {
    func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let base = baseAddress, let otherBase = other.baseAddress else {
            return count == other.count
        }
        return memcmp(base, otherBase, count) == 0
    }

    func starts(with text: StaticString) -> Bool {
        guard let base = baseAddress, count >= text.utf8CodeUnitCount else { return false }
        return memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    func contains(_ text: StaticString) -> Bool {
        clinux_memmem(baseAddress, count, text.utf8Start, text.utf8CodeUnitCount) != nil
    }
}
