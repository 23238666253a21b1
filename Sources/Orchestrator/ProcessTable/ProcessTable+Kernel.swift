extension ProcessTable {
    /// A small file of /proc or /sys as it is; nil when it cannot be read.
    package static func kernelText(_ path: String) -> String? { ProcFile.text(path) }

    /// The soft RLIMIT_NOFILE of a process; `Int.max` for none, nil when there is no such process.
    package static func openFilesLimit(of pid: Int32) -> Int? {
        let line = ProcFile.text("/proc/\(pid)/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        // "Max open files            1024                 524288               files"
        guard let soft = line?.split(separator: " ").dropFirst(3).first else { return nil }
        return soft == "unlimited" ? .max : Int(soft)
    }
}
