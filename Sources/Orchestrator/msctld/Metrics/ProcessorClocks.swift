import ProcessTable
import StateDirectory
import Supervisor

/// Keeps the processor time of each run from going back. A descendant that ends unseen by its parent (an orphan, or the
/// child of a process that ignores SIGCHLD) takes its time with it, and a counter that falls reads as one that began anew:
/// all that was used before would count twice.
struct ProcessorClocks {
    private struct Run: Hashable {
        let instance: InstanceID
        let run: Int
    }
    private var seconds: [Run: Double] = [:]

    /// The most that was ever told of a run; runs that are not named any more are forgotten.
    mutating func applied(to metrics: [InstanceMetrics]) -> [InstanceMetrics] {
        var next: [Run: Double] = [:]
        let applied = metrics.map { metrics in
            guard let usage = metrics.usage else { return metrics }
            let run = Run(instance: metrics.reading.status.instance, run: metrics.reading.status.run)
            let most = max(usage.totalCPUSeconds, seconds[run] ?? 0)
            next[run] = most
            var metrics = metrics
            metrics.usage = ProcessUsage(
                cpuCores: usage.cpuCores, cpuSeconds: usage.cpuSeconds, totalCPUSeconds: most,
                residentBytes: usage.residentBytes)
            return metrics
        }
        seconds = next
        return applied
    }
}
