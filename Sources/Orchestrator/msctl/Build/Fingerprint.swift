import Glibc
import SystemPackage

/// What tells one state of a build's sources from another: the path, size and time of every file below a directory.
/// Contents are not read, so thousands of files cost milliseconds.
///
/// Hidden entries (`.git`, `.build`, `.msctl`) do not count, and neither does `excluding`, where the build puts its output.
/// Links are followed, each directory once.
struct Fingerprint: Hashable, Codable, CustomStringConvertible {
    let description: String

    init(of directory: FilePath, excluding excluded: FilePath? = nil) throws(CommandFailure) {
        var walk = Walk(excluded: excluded)
        try walk.visit(directory, relative: "")
        // Directories give their entries in no order.
        var hash = FNV1a()
        for line in walk.lines.sorted() { hash.add(line) }
        description = hash.text
    }

    private struct Walk {
        let excluded: FilePath?
        var lines: [String] = []
        private var visited: Set<[UInt64]> = []

        init(excluded: FilePath?) { self.excluded = excluded }

        mutating func visit(_ directory: FilePath, relative: String) throws(CommandFailure) {
            guard let stream = opendir(directory.string) else {
                throw .failed("\(directory) cannot be read: \(Errno(rawValue: errno))")
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name.hasPrefix(".") { continue }
                let path = directory.appending(name)
                var status = stat()
                // A link to nothing, or a file that has just gone: there is nothing to build from.
                guard path != excluded, stat(path.string, &status) == 0 else { continue }
                let relative = relative + "/" + name
                if status.st_mode & S_IFMT == S_IFDIR {
                    guard visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else { continue }
                    try visit(path, relative: relative)
                } else {
                    let time = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
                    lines.append("\(relative)\u{0}\(status.st_size)\u{0}\(time)")
                }
            }
        }
    }
}

/// FNV-1a, 64 bits: tells things apart that nobody forges.
struct FNV1a {
    private var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Adds the text and an end mark, so that "a", "b" and "ab" differ.
    mutating func add(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
        value = (value ^ 0xff) &* 0x100_0000_01b3
    }

    /// 16 hexadecimal digits.
    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
