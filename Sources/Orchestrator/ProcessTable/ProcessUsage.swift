import CLinux

/// What a process and its descendants use.
package struct ProcessUsage: Sendable {
    /// Processor cores, averaged over the life of each process.
    package let cpuCores: Double
    /// Resident memory; pages that two processes share count for each.
    package let residentBytes: UInt64
}

extension ProcessTable {
    /// nil when the process is gone.
    package static func usage(ofTree pid: Int32) -> ProcessUsage? {
        let stats = tree(of: pid).compactMap { stat(of: $0) }
        guard !stats.isEmpty else { return nil }
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        let ticks = Double(now.tv_sec) * 100 + Double(now.tv_nsec) / 10_000_000
        let cores = stats.reduce(0.0) { sum, stat in
            sum + Double(stat.processorTicks) / max(1, ticks - Double(stat.startTicks))
        }
        let pages = stats.reduce(UInt64(0)) { $0 + $1.residentPages }
        return ProcessUsage(cpuCores: cores, residentBytes: pages * UInt64(sysconf(Int32(_SC_PAGESIZE))))
    }
}
