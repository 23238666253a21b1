/// When processes were started: the kernel counts that from its boot.
package struct BootClock: Sendable {
    /// Whole seconds since 1970. It changes only when somebody sets the clock.
    private let bootTime: UInt64

    /// Reads /proc/stat, which takes longer the more processors there are; nil when it does not say.
    package init?() {
        let lines = (ProcFile.bytes("/proc/stat", limit: 1 << 24) ?? []).split(separator: UInt8(ascii: "\n"))
        let prefix = Array("btime ".utf8)
        guard let line = lines.first(where: { $0.starts(with: prefix) }),
            let time = ProcFile.number(line.dropFirst(prefix.count))
        else { return nil }
        bootTime = time
    }

    /// nil when the process is gone.
    package func start(of pid: Int32) -> ProcessStart? {
        guard let stat = ProcessTable.stat(of: pid) else { return nil }
        return ProcessStart(
            time: Double(bootTime) + Double(stat.startTicks) / 100,
            age: max(0, ProcessTable.ticksSinceBoot - Double(stat.startTicks)) / 100)
    }
}

/// When a process was started.
package struct ProcessStart: Sendable, Hashable {
    /// Since 1970, in seconds; the same whenever it is asked for, and true to a second.
    package let time: Double
    /// How long ago that was, in seconds.
    package let age: Double

    package init(time: Double, age: Double) {
        self.time = time
        self.age = age
    }
}
