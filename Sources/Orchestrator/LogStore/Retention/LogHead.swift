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
        guard let bytes = try? file.bytes(at: first, count: count), let last = bytes.lastIndex(of: 0x0A)
        else { return 0 }
        droppedLines += Int64(bytes[...last].count { $0 == 0x0A })
        first += Int64(last + 1)
        readTime()
        return Int64(last + 1)
    }

    private mutating func readTime() {
        guard let bytes = try? file.bytes(at: first, count: 16_384) else { return }
        time = LineScanner.fields(of: bytes.prefix { $0 != 0x0A }).time ?? time
    }
}
