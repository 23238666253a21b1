import Glibc
import SystemPackage

/// Reads small text files whole.
enum TextFile {
    /// No manifest and no env file is larger.
    static let sizeLimit = 1 << 20

    enum Failure: Error, Hashable {
        case missing
        case notAFile
        case tooLarge
        case notUTF8
        case unreadable(Errno)

        /// Completes "FILE …".
        var reason: String {
            switch self {
            case .missing: "does not exist"
            case .notAFile: "is a directory, a pipe or a device"
            case .tooLarge: "is larger than 1 MiB"
            case .notUTF8: "is not UTF-8 text"
            case .unreadable(let errno): "cannot be read: \(errno)"
            }
        }
    }

    /// Without a byte order mark.
    static func read(_ path: FilePath) throws(Failure) -> String {
        let bytes: [UInt8]
        do {
            // Non-blocking: opening a FIFO must not wait for a writer.
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
            bytes = try descriptor.closeAfter { try contents(of: descriptor) }
        } catch let failure as Failure {
            throw failure
        } catch let errno as Errno {
            throw errno == .noSuchFileOrDirectory || errno == .notDirectory ? .missing : .unreadable(errno)
        } catch {
            throw .unreadable(.ioError)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static func contents(of descriptor: FileDescriptor) throws -> [UInt8] {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure.notAFile }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= sizeLimit else { throw Failure.tooLarge }
        }
    }
}
