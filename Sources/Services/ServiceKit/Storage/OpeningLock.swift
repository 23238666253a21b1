import Glibc

/// Keeps every other process from opening a database while this one opens and migrates it: two that begin at once would
/// both find it empty. A lock of the kernel's (flock(2)) beside the database, so it ends with its holder, however that ends.
struct OpeningLock: ~Copyable {
    private let descriptor: CInt

    /// The lock's file cannot be opened or locked.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: CInt
        var description: String { "cannot lock \(path): \(String(cString: strerror(code)))" }
    }

    /// Waits until nobody else has it.
    init(database path: String) throws(Failure) {
        let path = "\(path)-lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let code = errno
                close(descriptor)
                throw Failure(path: path, code: code)
            }
        }
    }

    deinit {
        close(descriptor)
    }
}
