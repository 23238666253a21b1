import StateDirectory
import SystemPackage

/// A lock that a test holds in a shim's or a daemon's place.
final class LockHolder {
    private let lock: FileLock?

    init(_ path: FilePath) throws { lock = try FileLock(taking: path) }

    func write(_ text: String) { lock?.write(text) }
}
