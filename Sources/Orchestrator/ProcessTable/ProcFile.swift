import CLinux

/// Reading files of /proc: their size is not known beforehand, and a process may be gone at any moment.
enum ProcFile {
    /// The whole file, or nil when it cannot be opened or read.
    static func bytes(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let file = clinux_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8]()
        while bytes.count < limit {
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, used in
                count = read(file, buffer.baseAddress, buffer.count)
                used = max(0, count)
            }
            if count < 0 { return nil }
            if count == 0 { break }
            bytes += chunk
        }
        return bytes
    }

    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The numeric names in a directory: pids in /proc, thread ids in /proc/PID/task, descriptors in /proc/PID/fd.
    static func numbers(in directory: String) -> [Int32] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var numbers: [Int32] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int32(name) { numbers.append(number) }
        }
        return numbers
    }

    static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
