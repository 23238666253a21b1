import CLinux
import SystemPackage

/// One log file and how far it has been read. Belongs to one thread at a time.
struct LogTailReader {
    /// The most of one line that is kept.
    private static let longestLine = 1 << 20
    private static let chunk = 256 << 10

    private let path: FilePath
    private var offset: Int64 = 0
    /// The unfinished line before `offset`, its beginning.
    private var pending: [UInt8] = []
    /// The rest of a line whose beginning was not seen is passed over.
    private var isInsideLine = false
    /// When `pending` was last added to.
    private var grownAt: Int64 = 0
    /// `pending` as it stands was held against the pattern.
    private var isTailJudged = false

    init(_ path: FilePath, fromEnd: Bool) {
        self.path = path
        if fromEnd { offset = clinux_file_size(path.string) }
    }

    /// Reads what is new and stops after the first line that matches.
    mutating func look(_ pattern: Pattern, atMost limit: Int, now: Int64) -> (line: [UInt8]?, again: Int64?) {
        let size = clinux_file_size(path.string)
        // Shorter than what was read of it: somebody emptied it, and it begins anew.
        if size < offset { (offset, pending, isInsideLine) = (0, [], false) }
        if size > offset, let line = read(to: min(size, offset + Int64(limit)), pattern, now) { return (line, nil) }
        if offset < size { return (nil, now) }
        guard !pending.isEmpty, !isTailJudged else { return (nil, nil) }
        guard now - grownAt >= LogLines.patience else { return (nil, grownAt + LogLines.patience) }
        isTailJudged = true
        let line = Self.withoutReturn(pending[...])
        return (pattern.matches(line) ? Array(line) : nil, nil)
    }

    /// Passes over everything but the last `count` bytes that are there now.
    mutating func skip(toLast count: Int) {
        let start = clinux_file_size(path.string) - Int64(count)
        guard start > offset else { return }
        (offset, pending, isInsideLine) = (start, [], !isLineStart(start))
    }

    /// Whether the byte before `offset` ends a line.
    private func isLineStart(_ offset: Int64) -> Bool {
        let file = clinux_open(path.string, O_RDONLY, 0)
        guard file >= 0 else { return true }
        defer { close(file) }
        var byte: UInt8 = 0
        return pread(file, &byte, 1, off_t(offset - 1)) == 1 && byte == 0x0A
    }

    private mutating func read(to end: Int64, _ pattern: Pattern, _ now: Int64) -> [UInt8]? {
        let file = clinux_open(path.string, O_RDONLY, 0)
        // Not there (any more): nothing has matched.
        guard file >= 0 else { return nil }
        defer { close(file) }
        while offset < end {
            let wanted = Int(min(Int64(Self.chunk), end - offset))
            let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                count = max(0, pread(file, buffer.baseAddress, wanted, off_t(offset)))
            }
            if bytes.isEmpty { return nil }
            if let line = take(bytes, pattern, now) { return line }
        }
        return nil
    }

    /// Moves `offset` on by what was taken: all of it, or up to the end of the line that matched.
    private mutating func take(_ bytes: [UInt8], _ pattern: Pattern, _ now: Int64) -> [UInt8]? {
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: 0x0A) {
            let part = rest[..<newline]
            rest = rest[(newline + 1)...]
            defer {
                pending.removeAll()
                isInsideLine = false
            }
            if isInsideLine { continue }
            let line: ArraySlice<UInt8>
            if pending.isEmpty {
                line = Self.withoutReturn(part)
            } else {
                keep(part)
                // Judged once already, and not changed since: only its end has come.
                if isTailJudged, part.isEmpty { continue }
                line = Self.withoutReturn(pending[...])
            }
            guard pattern.matches(line) else { continue }
            offset += Int64(bytes.count - rest.count)
            return Array(line)
        }
        offset += Int64(bytes.count)
        if !rest.isEmpty, !isInsideLine {
            keep(rest)
            (grownAt, isTailJudged) = (now, false)
        }
        return nil
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        pending.append(contentsOf: bytes.prefix(Self.longestLine - pending.count))
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == 0x0D ? line.dropLast() : line
    }
}
