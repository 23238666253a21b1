import CLinux
import StateDirectory
import SystemPackage

/// The oldest lines that one log file still has.
package struct LogHead: Sendable {
    let file: LogFile
    private(set) var first: Int64
    /// Of the first line, or of its run where that says none.
    private(set) var time: LogTime
    private(set) var droppedLines: Int64 = 0

    /// nil when nothing can be gained from it: it is empty, cannot be read, or takes less than `least` bytes.
    init?(_ file: LogFile, least: Int64) {
        guard clinux_allocated_bytes(file.path.string) >= least, let first = try? file.firstOffset() else { return nil }
        self.file = file
        self.first = first
        time = file.birth
        readTime()
    }

    /// Takes whole lines off it, about `count` bytes of them: they are gone when the file is punched up to ``first``.
    /// Returns how many bytes that are; 0 when there is no whole line.
    mutating func drop(_ count: Int) -> Int64 {
        guard let bytes = try? file.bytes(at: first, count: count) else { return 0 }
        guard let last = bytes.lastIndex(of: 0x0A) else { return dropLong() }
        return take(last + 1, lines: bytes[...last].count { $0 == 0x0A })
    }

    /// Takes one long line, or the first piece of one that is too long.
    private mutating func dropLong() -> Int64 {
        let longest = LogFile.longestLine
        guard let bytes = try? file.bytes(at: first, count: longest + 1) else { return 0 }
        if let newline = bytes.firstIndex(of: 0x0A) { return take(newline + 1, lines: 1) }
        return bytes.count > longest ? take(longest, lines: 1) : 0
    }

    private mutating func take(_ count: Int, lines: Int) -> Int64 {
        droppedLines += Int64(lines)
        first += Int64(count)
        readTime()
        return Int64(count)
    }

    private mutating func readTime() {
        guard let bytes = try? file.bytes(at: first, count: 16_384) else { return }
        time = LineScanner.fields(of: bytes.prefix { $0 != 0x0A }).time ?? time
    }
}
