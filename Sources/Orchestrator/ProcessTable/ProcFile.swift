import CLinux

/// Reading files of /proc: their size is not known beforehand, and a process may be gone at any moment.
enum ProcFile {
    /// The whole file, or nil when it cannot be opened or read.
    static func bytes(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let file = clinux_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var capacity = 16_384
        while true {
            var failed = false
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                while count < capacity {
                    let got = read(file, buffer.baseAddress?.advanced(by: count), capacity - count)
                    failed = got < 0
                    if got <= 0 { return }
                    count += got
                }
            }
            if failed { return nil }
            if bytes.count < capacity || capacity >= limit { return bytes }
            capacity *= 8
            lseek(file, 0, SEEK_SET)
        }
    }

    /// The rest of the entry that begins with `prefix`, in a list of entries that each end with a zero byte.
    static func entry(_ prefix: [UInt8], in list: [UInt8]) -> String? {
        list.withUnsafeBytes { list in
            var rest = UnsafeRawBufferPointer(rebasing: list[...])
            while let base = rest.baseAddress, rest.count > prefix.count {
                let length = strnlen(base.assumingMemoryBound(to: CChar.self), rest.count)
                if length >= prefix.count, memcmp(base, prefix, prefix.count) == 0 {
                    return String(decoding: rest.prefix(length).dropFirst(prefix.count), as: UTF8.self)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length + 1))
            }
            return nil
        }
    }

    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A decimal number without a sign; nil for anything else.
    static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            guard digit &- 0x30 < 10 else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            number = product &+ UInt64(digit &- 0x30)
        }
        return digits.isEmpty ? nil : number
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
