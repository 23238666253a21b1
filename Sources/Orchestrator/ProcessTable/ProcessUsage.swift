import CLinux

/// What a process and its descendants use.
package struct ProcessUsage: Sendable {
    /// Processor cores, averaged over the life of each process.
    package var cpuCores: Double
    /// Processor time that those who live now have used so far, in seconds.
    package let cpuSeconds: Double
    /// As `cpuSeconds`, and what their children had used that have ended and were waited for.
    package let totalCPUSeconds: Double
    /// Resident memory; pages that two processes share count for each.
    package let residentBytes: UInt64

    package init(cpuCores: Double, cpuSeconds: Double, totalCPUSeconds: Double? = nil, residentBytes: UInt64) {
        self.cpuCores = cpuCores
        self.cpuSeconds = cpuSeconds
        self.totalCPUSeconds = totalCPUSeconds ?? cpuSeconds
        self.residentBytes = residentBytes
    }
}

extension ProcessTable {
    /// nil when the process is gone.
    package static func usage(ofTree pid: Int32) -> ProcessUsage? {
        let stats = tree(of: pid).compactMap { stat(of: $0) }
        guard !stats.isEmpty else { return nil }
        let ticks = ticksSinceBoot
        let cores = stats.reduce(0.0) { sum, stat in
            sum + Double(stat.processorTicks) / max(1, ticks - Double(stat.startTicks))
        }
        let own = stats.reduce(UInt64(0)) { $0 + $1.processorTicks }
        let reaped = stats.reduce(UInt64(0)) { $0 + $1.reapedTicks }
        let pages = stats.reduce(UInt64(0)) { $0 + $1.residentPages }
        return ProcessUsage(
            cpuCores: cores, cpuSeconds: Double(own) / 100, totalCPUSeconds: Double(own + reaped) / 100,
            residentBytes: pages * UInt64(sysconf(Int32(_SC_PAGESIZE))))
    }

    static var ticksSinceBoot: Double {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Double(now.tv_sec) * 100 + Double(now.tv_nsec) / 10_000_000
    }
}
