import Glibc

/// A file that holds one secret.
enum SecretFile {
    /// What the setting that should name such a file names instead.
    enum Failure: String, Error {
        case missing = "a file that does not exist"
        case unreadable = "a file that cannot be read"
        /// A directory, a device or a pipe, which could block or never end.
        case notAFile = "something that is no file"
        case tooLarge = "a file of more than 4096 bytes"
        case open = "a file that is open to every user; allow only its owner and group"
    }

    private static let largest = 4096

    static func read(_ path: String) -> Result<[UInt8], Failure> {
        // A pipe without a writer is opened at once, and then found to be one.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(errno == ENOENT ? .missing : .unreadable) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(.unreadable) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure(.notAFile) }
        guard status.st_mode & 0o007 == 0 else { return .failure(.open) }

        var bytes = [UInt8](repeating: 0, count: largest + 1)
        var count = 0
        while count < bytes.count {
            let read = bytes[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if read == 0 { break }
            if read > 0 {
                count += read
            } else if errno != EINTR {
                return .failure(.unreadable)
            }
        }
        return count > largest ? .failure(.tooLarge) : .success([UInt8](bytes[..<count]))
    }
}
