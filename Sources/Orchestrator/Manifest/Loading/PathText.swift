import SystemPackage

/// Paths as people give them and as people read them.
enum PathText {
    /// Absolute and without `.` and `..`, which are resolved as text.
    static func absolute(_ path: FilePath, in directory: FilePath) -> FilePath {
        directory.pushing(path).lexicallyNormalized()
    }

    static func absolute(_ text: String, in directory: FilePath) -> FilePath {
        absolute(FilePath(text), in: directory)
    }

    /// Relative to `directory` when below it; both are absolute and normalized.
    static func shown(_ path: FilePath, from directory: FilePath) -> FilePath {
        let (text, prefix) = (path.string, directory.string)
        guard prefix != "/", text.hasPrefix(prefix + "/") else { return path }
        return FilePath(String(text.dropFirst(prefix.count + 1)))
    }
}
