import CLinux
import SystemPackage

/// A lock on a file that the kernel releases when its holder dies, however it dies.
///
/// It is an open file description lock (fcntl(2), `F_OFD_SETLK`): unlike one by flock(2) it can be asked for without being
/// taken, so a reader never gets in the way of a process that is just starting.
package struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, making the file (0600) when it is missing; nil when somebody else holds it.
    package init?(taking path: FilePath) throws(StateError) {
        let descriptor = clinux_open(path.string, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw .file(path, Errno(rawValue: clinux_errno())) }
        guard clinux_lock(descriptor) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    /// Replaces the file's contents, for people who look.
    package func write(_ text: String) {
        ftruncate(descriptor, 0)
        var text = text
        text.withUTF8 { _ = pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit { close(descriptor) }

    /// Whether anybody holds the lock; a missing file is not locked.
    package static func isHeld(_ path: FilePath) -> Bool {
        let descriptor = clinux_open(path.string, O_RDWR, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return clinux_is_locked(descriptor) == 1
    }
}
