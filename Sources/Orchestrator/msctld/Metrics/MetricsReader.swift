import ControlAPI
import LogStore
import ProcessTable
import StateDirectory
import Supervisor
import Synchronization

/// Answers `/metrics`: asks the supervisor, the log index and /proc.
final class MetricsReader: Sendable {
    private let supervisor: Supervisor
    private let layout: StateLayout
    private let report: @Sendable (String) -> Void
    private let clocks = Mutex(ProcessorClocks())

    /// - Parameter report: hears that the index cannot be read.
    init(supervisor: Supervisor, layout: StateLayout, report: @escaping @Sendable (String) -> Void) {
        self.supervisor = supervisor
        self.layout = layout
        self.report = report
    }

    func text() async -> String {
        let readings = await supervisor.readings()
        return await Blocking.run { [self] in
            PrometheusText.rendered(ProjectMetrics(instances: metrics(readings), version: ControlAPI.release).all)
        }
    }

    /// Reads files of /proc and the index; blocks.
    private func metrics(_ readings: [InstanceReading]) -> [InstanceMetrics] {
        let meter = meter()
        let clock = BootClock()
        let all = readings.map { reading in
            var metrics = InstanceMetrics(reading, logs: meter[reading.status.instance]?.total)
            guard let pid = reading.status.pid else { return metrics }
            metrics.start = clock?.start(of: pid)
            metrics.usage = ProcessTable.usage(ofTree: pid)
            return metrics
        }
        return clocks.withLock { $0.applied(to: all) }
    }

    private func meter() -> LogMeter {
        do {
            return try LogMeter.read(layout, fromMinute: .max)
        } catch {
            // The counters of logs are left out of this answer; the index is derived, and is made anew when it is broken.
            report("metrics without logs: \(error)")
            return LogMeter(nil)
        }
    }
}
