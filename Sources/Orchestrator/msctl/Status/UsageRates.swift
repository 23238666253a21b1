import ProcessTable
import StateDirectory

/// What instances use now, instead of on average over their lives: the difference between two looks about a second apart.
struct UsageRates {
    private struct Look {
        let usage: ProcessUsage
        let time: ContinuousClock.Instant
        var cores: Double?
    }
    private var looks: [Int32: Look] = [:]

    /// Shorter than this, the kernel's 10 ms ticks make leaps of it.
    private static let shortest = Duration.milliseconds(900)

    mutating func applied(to report: StatusReport, now: ContinuousClock.Instant = .now) -> StatusReport {
        let rows = report.rows.map { row in
            guard let pid = row.status.pid, let usage = row.usage else { return row }
            var row = row
            row.usage = rated(usage, of: pid, now: now)
            return row
        }
        let alive = Set(rows.compactMap(\.status.pid))
        looks = looks.filter { alive.contains($0.key) }
        return StatusReport(project: report.project, daemon: report.daemon, rows: rows)
    }

    private mutating func rated(_ usage: ProcessUsage, of pid: Int32, now: ContinuousClock.Instant) -> ProcessUsage {
        guard let last = looks[pid] else {
            looks[pid] = Look(usage: usage, time: now)
            return usage
        }
        var cores = last.cores
        if now - last.time >= Self.shortest {
            // A process of the tree that has ended takes its time with it.
            cores = max(0, usage.cpuSeconds - last.usage.cpuSeconds) / ((now - last.time) / .seconds(1))
            looks[pid] = Look(usage: usage, time: now, cores: cores)
        }
        var rated = usage
        if let cores { rated.cpuCores = cores }
        return rated
    }
}
