import LogStore
import ProcessTable
import StateDirectory
import Supervisor

/// What `/metrics` tells: names, types and labels, as docs/metrics.md promises them.
struct ProjectMetrics {
    let instances: [InstanceMetrics]
    let version: String

    var all: [Metric] { logs + lives + probes + usage + [build] }

    private typealias Label = Metric.Label

    // MARK: What was written

    private var logs: [Metric] {
        func counter(_ name: String, _ help: String, _ count: (LogCounts) -> Int64) -> Metric {
            metric(name, .counter, help) { $0.logs.map { Double(count($0)) } }
        }
        return [
            counter("msctl_log_lines_total", "Lines written to stdout and stderr.", \.lines),
            counter("msctl_log_bytes_total", "Bytes written to stdout and stderr.", \.bytes),
            counter("msctl_log_errors_total", "Log entries whose own level is error or above.", \.errors),
        ]
    }

    // MARK: Lives and states

    private var lives: [Metric] {
        [
            metric("msctl_instance_up", .gauge, "1 when the instance's process runs, else 0.") {
                $0.reading.status.pid == nil ? 0 : 1
            },
            metric("msctl_instance_healthy", .gauge, "1 when its probes say that it is well; absent without probes.") {
                $0.reading.hasHealth ? ($0.reading.status.health == .healthy ? 1 : 0) : nil
            },
            states,
            metric(
                "msctl_instance_restarts_total", .counter,
                "Restarts by the supervisor since somebody last started the instance."
            ) { Double($0.reading.status.restarts) },
            metric(
                "msctl_instance_start_time_seconds", .gauge, "When the process was started, in seconds since 1970."
            ) { $0.start?.time },
            metric("msctl_instance_uptime_seconds", .gauge, "How long ago the process was started.") { $0.start?.age },
        ]
    }

    private var states: Metric {
        var metric = Metric("msctl_instance_state", .gauge, "1 for the state that the instance is in.")
        for instance in instances {
            metric.add(1, labels(instance) + [Label(name: "state", value: instance.reading.status.state.rawValue)])
        }
        return metric
    }

    // MARK: Probes

    private var probes: [Metric] {
        var durations = Metric(
            "msctl_probe_duration_seconds", .histogram,
            "How long the answers to probes took since msctld began, whatever they were.")
        var failures = Metric(
            "msctl_probe_failures_total", .counter,
            "Answers to probes since msctld began that were no pass, those of starting instances included.")
        for instance in instances {
            for (kind, tally) in instance.reading.probes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                let labels = labels(instance) + [Label(name: "kind", value: kind.rawValue)]
                durations.add(bounds: ProbeTally.bounds, buckets: tally.buckets, sum: tally.seconds, labels)
                failures.add(Double(tally.failures), labels)
            }
        }
        return [durations, failures]
    }

    // MARK: What is used

    private var usage: [Metric] {
        [
            metric(
                "msctl_instance_cpu_seconds_total", .counter,
                "Processor time of the process and its descendants, those that were waited for included."
            ) { $0.usage?.totalCPUSeconds },
            metric(
                "msctl_instance_memory_bytes", .gauge,
                "Resident memory of the process and its descendants; shared pages count for each."
            ) { $0.usage.map { Double($0.residentBytes) } },
        ]
    }

    private var build: Metric {
        var metric = Metric("msctl_build_info", .gauge, "1; the version is in the label.")
        metric.add(1, [Label(name: "version", value: version)])
        return metric
    }

    /// A metric with one sample for each instance that has a value.
    private func metric(
        _ name: String, _ type: Metric.Kind, _ help: String, _ value: (InstanceMetrics) -> Double?
    ) -> Metric {
        var metric = Metric(name, type, help)
        for instance in instances {
            if let value = value(instance) { metric.add(value, labels(instance)) }
        }
        return metric
    }

    private func labels(_ instance: InstanceMetrics) -> [Label] {
        let id = instance.reading.status.instance
        return [Label(name: "service", value: id.service), Label(name: "instance", value: id.description)]
    }
}
