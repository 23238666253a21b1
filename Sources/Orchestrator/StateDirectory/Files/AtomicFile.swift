import CLinux
import SystemPackage

/// Files that are never seen half-written.
package enum AtomicFile {
    /// Writes under another name in the same directory, then renames. The file has exactly this mode, whatever the umask.
    /// `durable` fsyncs the file first and its new name afterwards, for what must survive a power cut; what only this boot
    /// needs goes without.
    package static func write(
        _ bytes: [UInt8], to path: FilePath, mode: UInt32 = 0o600, durable: Bool = false
    ) throws(StateError) {
        var temporary = path
        temporary.removeLastComponent()
        temporary.append(".\(path.lastComponent?.string ?? "file").\(getpid()).new")
        let file = clinux_open(temporary.string, O_WRONLY | O_CREAT | O_TRUNC, mode)
        guard file >= 0 else { throw .file(temporary, Errno(rawValue: clinux_errno())) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { CLinux.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                let error = Errno(rawValue: clinux_errno())
                close(file)
                unlink(temporary.string)
                throw .file(path, error)
            }
            written += count
        }
        fchmod(file, mode)
        if durable { fsync(file) }
        close(file)
        guard clinux_rename(temporary.string, path.string) == 0 else {
            throw .file(path, Errno(rawValue: clinux_errno()))
        }
        if durable { synchronizeNames(in: path.removingLastComponent()) }
    }

    /// A name that was just given may be lost with the power until its directory is on disk as well.
    private static func synchronizeNames(in directory: FilePath) {
        let descriptor = clinux_open(directory.string, O_RDONLY | O_DIRECTORY, 0)
        // Whoever may rename in a directory but not read it has done what he can.
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// The whole file; nil when there is none.
    package static func read(_ path: FilePath) throws(StateError) -> [UInt8]? {
        let file = clinux_open(path.string, O_RDONLY, 0)
        guard file >= 0 else {
            let error = Errno(rawValue: clinux_errno())
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw .file(path, error)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = chunk.withUnsafeMutableBytes { CLinux.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw .file(path, Errno(rawValue: clinux_errno())) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Makes a directory (0700) and those above it that are missing.
    package static func makeDirectory(_ path: FilePath) throws(StateError) {
        if mkdir(path.string, 0o700) == 0 { return }
        var error = Errno(rawValue: clinux_errno())
        if error == .fileExists { return }
        if error == .noSuchFileOrDirectory {
            try makeDirectory(path.removingLastComponent())
            if mkdir(path.string, 0o700) == 0 { return }
            error = Errno(rawValue: clinux_errno())
            if error == .fileExists { return }
        }
        throw .file(path, error)
    }

    /// The names in a directory, in no order; empty when there is none.
    package static func names(in directory: FilePath) -> [String] {
        guard let stream = opendir(directory.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Deletes a file, or a directory with all it holds. What is gone already is no error.
    package static func remove(_ path: FilePath) throws(StateError) {
        if unlink(path.string) == 0 { return }
        let error = Errno(rawValue: clinux_errno())
        if error == .noSuchFileOrDirectory { return }
        guard error == .isDirectory || error == .notPermitted else { throw .file(path, error) }
        for name in names(in: path) { try remove(path.appending(name)) }
        guard rmdir(path.string) == 0 else { throw .file(path, Errno(rawValue: clinux_errno())) }
    }
}
