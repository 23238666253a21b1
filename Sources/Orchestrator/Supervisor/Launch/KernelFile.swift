import CLinux
import SystemPackage

/// Small files of /proc, /sys and cgroups: read and written whole, in one call.
enum KernelFile {
    /// nil when it cannot be opened or read.
    static func read(_ path: String) -> String? {
        let file = clinux_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        while true {
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, used in
                count = CLinux.read(file, buffer.baseAddress, buffer.count)
                used = max(0, count)
            }
            if count < 0 { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk
        }
    }

    static func number(_ path: String) -> UInt64? {
        read(path).flatMap { UInt64($0.split(separator: "\n").first ?? "") }
    }

    static func write(_ text: String, to path: String) throws(Errno) {
        let file = clinux_open(path, O_WRONLY, 0)
        guard file >= 0 else { throw Errno(rawValue: clinux_errno()) }
        defer { close(file) }
        var text = text
        let count = text.withUTF8 { CLinux.write(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw Errno(rawValue: clinux_errno()) }
    }
}
