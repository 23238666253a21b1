import CLinux
import SystemPackage

/// The space that a directory's file system has left for us.
package struct DiskSpace: Sendable, Hashable {
    /// Bytes.
    package let free: Int64
    package let total: Int64

    /// nil when it cannot be asked.
    package init?(_ path: FilePath) {
        free = clinux_free_space(path.string)
        total = clinux_total_space(path.string)
        if free < 0 || total <= 0 { return nil }
    }

    init(free: Int64, total: Int64) {
        self.free = free
        self.total = total
    }

    /// Below this, msctld drops the oldest log lines: a fiftieth of a small disk, 64 MiB of a large one.
    package var reserve: Int64 { min(64 << 20, total / 50) }

    var isLow: Bool { free < reserve }

    /// msctld is making room, or is about to: it frees twice the reserve at a time.
    package var isTight: Bool { free < 3 * reserve }
}
