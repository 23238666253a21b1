import StateDirectory
import SystemPackage

/// The last lines of a small text file, for showing beside a failure.
enum TextTail {
    /// Empty when the file cannot be read: it is shown beside a failure, and must not become another.
    static func lines(of path: FilePath, count: Int) -> [String] {
        guard let bytes = try? AtomicFile.read(path) else { return [] }
        return bytes.split(separator: 10).suffix(count).map { String(decoding: $0, as: UTF8.self) }
    }
}
