import CLinux

/// What a process and its descendants use.
package struct ProcessUsage: Sendable {
    /// Processor cores, averaged over the life of each process.
    package var cpuCores: Double
    /// Processor time that those who live now have used so far, in seconds.
    package let cpuSeconds: Double
    /// Resident memory; pages that two processes share count for each.
    package let residentBytes: UInt64

    package init(cpuCores: Double, cpuSeconds: Double, residentBytes: UInt64) {
        self.cpuCores = cpuCores
        self.cpuSeconds = cpuSeconds
        self.residentBytes = residentBytes
    }
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
        let seconds = stats.reduce(0.0) { $0 + Double($1.processorTicks) / 100 }
        let pages = stats.reduce(UInt64(0)) { $0 + $1.residentPages }
        return ProcessUsage(
            cpuCores: cores, cpuSeconds: seconds, residentBytes: pages * UInt64(sysconf(Int32(_SC_PAGESIZE))))
    }
}
