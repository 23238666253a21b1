import LogStore
import StateDirectory

/// What `status` says of a disk that is nearly full.
enum DiskWarning {
    /// nil while there is room, or when nobody can tell.
    static func text(_ layout: StateLayout) -> String? {
        guard let disk = DiskSpace(layout.root), disk.isTight else { return nil }
        let free = StatusTable.bytes(UInt64(clamping: disk.free))
        return
            "the disk of \(layout.root) has \(free) left: msctld keeps it from filling by dropping the oldest log lines"
    }
}
