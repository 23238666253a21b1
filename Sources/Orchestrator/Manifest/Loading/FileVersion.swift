import Glibc
import SystemPackage

/// What tells a file that has changed from one that has not, for the price of a stat(2).
enum FileVersion {
    /// `device.inode.size.nanoseconds of the modification`, of what a symbolic link points to; nil when nothing is there.
    /// A directory's changes when an entry is added, removed or renamed.
    static func of(_ path: FilePath) -> String? {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        let time = status.st_mtim
        return "\(status.st_dev).\(status.st_ino).\(status.st_size).\(time.tv_sec * 1_000_000_000 + time.tv_nsec)"
    }
}
