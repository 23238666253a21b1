import Glibc
import SystemPackage

/// Looks into directories.
enum Directory {
    static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a directory, sorted, without hidden ones; nil when it cannot be read.
    static func names(in path: FilePath) -> [String]? {
        guard let stream = path.withPlatformString({ opendir($0) }) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Every `*.yaml` in a directory, in name order; empty when there are none or it cannot be read.
    static func manifests(in path: FilePath) -> [FilePath] {
        (names(in: path) ?? []).filter { $0.hasSuffix(".yaml") }.map { path.appending($0) }
    }
}
