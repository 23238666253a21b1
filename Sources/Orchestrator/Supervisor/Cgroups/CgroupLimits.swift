import Manifest

/// What a group's interface files are told (the kernel's cgroup-v2 document).
struct CgroupSetting: Hashable {
    let controller: String
    let file: String
    let text: String
    /// For people: `memory limit of 268435456 bytes`.
    let words: String
}

extension ResourceLimits {
    /// One for each limit that only a cgroup can enforce.
    var cgroupSettings: [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let memoryBytes {
            settings.append(
                CgroupSetting(
                    controller: "memory", file: "memory.max", text: String(memoryBytes),
                    words: "memory limit of \(memoryBytes) bytes"))
        }
        if let pids {
            settings.append(
                CgroupSetting(
                    controller: "pids", file: "pids.max", text: String(pids), words: "limit of \(pids) processes"))
        }
        if let cpus {
            // Microseconds of each 100 ms; the kernel wants 1,000 at least.
            let quota = max(1_000, Int((cpus * 100_000).rounded()))
            settings.append(
                CgroupSetting(
                    controller: "cpu", file: "cpu.max", text: "\(quota) 100000",
                    words: "limit of \(cpus) processor cores"))
        }
        return settings
    }
}
