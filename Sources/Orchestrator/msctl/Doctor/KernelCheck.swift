import CLinux
import ProcessTable

/// What msctl needs of the kernel.
enum KernelCheck {
    static func findings() -> [Finding] {
        let release = KernelSetting.text("/proc/sys/kernel/osrelease") ?? "?"
        var missing: [String] = []
        let own = clinux_pidfd_open(getpid())
        if own >= 0 { close(own) } else { missing.append("pidfd_open (Linux 5.3)") }
        if clinux_has_subreaper() == 0 { missing.append("child subreapers (Linux 3.4)") }
        guard missing.isEmpty else {
            return [
                .fail(
                    "kernel", "Linux \(release) lacks \(missing.joined(separator: " and "))",
                    "use a newer kernel, or a container runtime that allows these calls")
            ]
        }
        guard clinux_has_close_range() != 0 else {
            return [
                .warn(
                    "kernel", "Linux \(release) has no close_range",
                    "starts are slower, and descriptors over 1,024 may reach services; Linux 5.9 has it")
            ]
        }
        return [.ok("kernel", "Linux \(release): pidfd_open, close_range, child subreapers")]
    }
}

/// A number or text that the kernel shows in a file of its own.
enum KernelSetting {
    /// Without the newline; nil when there is no such file.
    static func text(_ path: String) -> String? {
        guard let text = ProcessTable.kernelText(path) else { return nil }
        return text.last == "\n" ? String(text.dropLast()) : text
    }

    static func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }
}
