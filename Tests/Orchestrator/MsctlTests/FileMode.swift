import CLinux
import SystemPackage

/// The permission bits of a file.
func fileMode(of path: FilePath) throws -> UInt32 {
    var status = stat()
    guard stat(path.string, &status) == 0 else { throw Errno(rawValue: clinux_errno()) }
    return status.st_mode & 0o777
}
