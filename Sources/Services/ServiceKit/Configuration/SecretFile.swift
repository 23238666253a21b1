import Foundation

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

    /// Through Foundation rather than stat(2), for the reason that ``FileStamp`` gives.
    static func read(_ path: String) -> Result<[UInt8], Failure> {
        let path = URL(filePath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            return .failure(.missing)
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else { return .failure(.notAFile) }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard mode & 0o007 == 0 else { return .failure(.open) }
        guard let file = FileHandle(forReadingAtPath: path) else { return .failure(.unreadable) }
        defer { try? file.close() }  // Nothing was written through it.
        guard let bytes = try? file.read(upToCount: largest + 1) ?? Data() else { return .failure(.unreadable) }
        return bytes.count > largest ? .failure(.tooLarge) : .success([UInt8](bytes))
    }
}
