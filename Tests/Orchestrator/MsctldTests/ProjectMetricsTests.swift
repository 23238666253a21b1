import LogStore
import ProcessTable
import StateDirectory
import Supervisor
import Testing

@testable import msctld

/// What `/metrics` tells, as a scraper reads it.
@Suite struct ProjectMetricsTests {
    private static func status(_ service: String, _ state: InstanceState, pid: Int32? = nil) -> InstanceStatus {
        var status = InstanceStatus(instance: InstanceID(service: service, replica: 1), state: state, since: 0)
        status.run = 1
        status.pid = pid
        return status
    }

    private static func usage(_ seconds: Double) -> ProcessUsage {
        ProcessUsage(cpuCores: 0, cpuSeconds: 0, totalCPUSeconds: seconds, residentBytes: 1_048_576)
    }

    /// One that is well, one that is not, one without anything.
    private var text: String {
        var tally = ProbeTally()
        tally.add(ProbeReport(time: 0, outcome: .passed, latencyMilliseconds: 2, detail: ""))
        tally.add(ProbeReport(time: 0, outcome: .refused, latencyMilliseconds: 40_000, detail: ""))
        var well = Self.status("web", .running, pid: 7)
        well.health = .healthy
        var ill = Self.status("db", .crashLooping)
        ill.restarts = 6
        let instances = [
            InstanceMetrics(
                InstanceReading(status: ill, hasHealth: true, probes: [.startup: ProbeTally(), .liveness: tally]),
                logs: LogCounts()),
            InstanceMetrics(InstanceReading(status: Self.status("job", .waiting))),
            InstanceMetrics(
                InstanceReading(status: well, hasHealth: true, probes: [.readiness: tally]),
                logs: LogCounts(lines: 12, bytes: 3_400, errors: 5), start: ProcessStart(time: 1_000.5, age: 60.25),
                usage: Self.usage(1.75)),
        ]
        return PrometheusText.rendered(ProjectMetrics(instances: instances, version: "1.2").all)
    }

    private func samples() throws -> [String: Double] {
        var samples: [String: Double] = [:]
        let line = #/([a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)*\})?) (\S+)/#
        for text in text.split(separator: "\n") where !text.hasPrefix("#") {
            let match = try #require(text.wholeMatch(of: line), "\(text)")
            let value = try #require(Double(match.2))
            #expect(samples.updateValue(value, forKey: String(match.1)) == nil, "twice: \(text)")
        }
        return samples
    }

    @Test func `every line is a sample or says what follows, and no series comes twice`() throws {
        #expect(try samples().count > 30)
        var described: Set<Substring> = []
        var name: Substring = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch words[1] {
            case "HELP":
                name = words[2]
                #expect(described.insert(name).inserted, "\(name) is described twice")
                #expect(words.count > 4, "\(line)")
            case "TYPE":
                #expect(words[2] == name)
                #expect(["counter", "gauge", "histogram"].contains(words[3]))
                #expect((words[3] == "counter") == name.hasSuffix("_total"), "\(line)")
            default: #expect(line.hasPrefix(name), "\(line)")
            }
        }
    }

    @Test func `an instance that runs has all of its series`() throws {
        let samples = try samples()
        let web = #"service="web",instance="web.1""#
        let expected = [
            "msctl_log_lines_total{\(web)}": 12, "msctl_log_bytes_total{\(web)}": 3_400,
            "msctl_log_errors_total{\(web)}": 5, "msctl_instance_up{\(web)}": 1, "msctl_instance_healthy{\(web)}": 1,
            "msctl_instance_state{\(web),state=\"running\"}": 1, "msctl_instance_restarts_total{\(web)}": 0,
            "msctl_instance_start_time_seconds{\(web)}": 1_000.5, "msctl_instance_uptime_seconds{\(web)}": 60.25,
            "msctl_instance_cpu_seconds_total{\(web)}": 1.75, "msctl_instance_memory_bytes{\(web)}": 1_048_576,
            "msctl_probe_failures_total{\(web),kind=\"readiness\"}": 1,
            "msctl_probe_duration_seconds_bucket{\(web),kind=\"readiness\",le=\"0.001\"}": 0,
            "msctl_probe_duration_seconds_bucket{\(web),kind=\"readiness\",le=\"0.005\"}": 1,
            "msctl_probe_duration_seconds_bucket{\(web),kind=\"readiness\",le=\"30\"}": 1,
            "msctl_probe_duration_seconds_bucket{\(web),kind=\"readiness\",le=\"+Inf\"}": 2,
            "msctl_probe_duration_seconds_sum{\(web),kind=\"readiness\"}": 40.002,
            "msctl_probe_duration_seconds_count{\(web),kind=\"readiness\"}": 2,
            #"msctl_build_info{version="1.2"}"#: 1,
        ]
        for (series, value) in expected { #expect(samples[series] == value, "\(series)") }
    }

    @Test func `what is not known has no series, and what is 0 has one`() throws {
        let samples = try samples()
        let db = #"service="db",instance="db.1""#
        #expect(samples["msctl_instance_up{\(db)}"] == 0)
        #expect(samples["msctl_instance_healthy{\(db)}"] == 0)
        #expect(samples["msctl_instance_restarts_total{\(db)}"] == 6)
        #expect(samples["msctl_instance_state{\(db),state=\"crash-looping\"}"] == 1)
        #expect(samples["msctl_log_lines_total{\(db)}"] == 0)
        let ofProcesses = ["start_time", "uptime", "cpu", "memory"]
        #expect(!samples.keys.contains { key in key.contains(db) && ofProcesses.contains { key.contains($0) } })
        let job = samples.keys.filter { $0.contains(#"instance="job.1""#) }.map { $0.prefix { $0 != "{" } }
        #expect(Set(job) == ["msctl_instance_up", "msctl_instance_state", "msctl_instance_restarts_total"])
    }

    @Test func `the processor time of a run never goes back, and begins anew with the next`() {
        var clocks = ProcessorClocks()
        let told: (Int, Double?) -> Double? = { run, seconds in
            var status = Self.status("web", .running, pid: 7)
            status.run = run
            let metrics = InstanceMetrics(InstanceReading(status: status), usage: seconds.map(Self.usage))
            return clocks.applied(to: [metrics])[0].usage?.totalCPUSeconds
        }
        let seconds = [told(1, 5), told(1, 4), told(1, 6), told(2, 1), told(2, nil), told(2, 0.5)]
        #expect(seconds == [5, 5, 6, 1, nil, 0.5])
    }
}
