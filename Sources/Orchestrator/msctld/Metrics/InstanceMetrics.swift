import LogStore
import ProcessTable
import StateDirectory
import Supervisor

/// Everything that metrics tell of one instance at one moment.
struct InstanceMetrics: Sendable {
    let reading: InstanceReading
    /// nil when there is no index of logs.
    var logs: LogCounts?
    /// Of its process; nil when it does not run.
    var start: ProcessStart?
    /// Of its process tree; nil when it does not run.
    var usage: ProcessUsage?

    init(_ reading: InstanceReading, logs: LogCounts? = nil, start: ProcessStart? = nil, usage: ProcessUsage? = nil) {
        self.reading = reading
        self.logs = logs
        self.start = start
        self.usage = usage
    }
}
