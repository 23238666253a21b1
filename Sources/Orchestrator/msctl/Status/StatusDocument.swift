import LogStore
import ProcessTable
import StateDirectory

/// `msctl.status/1`.
struct StatusDocument: Encodable {
    let schema = "msctl.status/1"
    let project: String
    let daemon: Daemon?
    let services: [Row]
    let disk: Disk?

    /// Of `.msctl`: bytes free, and whether that is so little that msctld makes room by dropping the oldest
    /// log lines.
    struct Disk: Encodable {
        let free: Int64
        let isTight: Bool
    }

    struct Daemon: Encodable {
        let pid: Int32
        let since: String
    }

    init(_ report: StatusReport, disk: DiskSpace? = nil) {
        self.disk = disk.map { Disk(free: $0.free, isTight: $0.isTight) }
        project = report.project
        daemon =
            switch report.daemon {
            case .running(let pid, let since): Daemon(pid: pid, since: TimeText.rfc3339(milliseconds: since))
            case .returning, .absent: nil
            }
        services = report.rows.map { Row($0, probes: report.probes[$0.status.instance] ?? []) }
    }

    private enum CodingKeys: CodingKey { case schema, project, daemon, services, disk }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(project, forKey: .project)
        try container.encode(daemon, forKey: .daemon)
        try container.encode(services, forKey: .services)
        try container.encode(disk, forKey: .disk)
    }

    struct Row: Encodable {
        let status: InstanceStatus
        let cpu: Double?
        let memory: UInt64?
        let logs: Logs?
        let probes: [Probe]

        init(_ row: StatusReport.Row, probes: [ProbeReport]) {
            self.probes = probes.map(Probe.init)
            status = row.status
            // Four decimals: a tenth of a thousandth of a core is below what is measured.
            cpu = row.usage.map { ($0.cpuCores * 10_000).rounded() / 10_000 }
            memory = row.usage?.residentBytes
            logs = row.logs.map(Logs.init)
        }

        private enum CodingKeys: CodingKey {
            case service, instance, run, state, health, pid, port, since, restarts, exit, reason, cpu, memory, logs,
                probes
        }

        /// Every member is always there; what is not known is null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(status.instance.service, forKey: .service)
            try container.encode(status.instance.description, forKey: .instance)
            try container.encode(status.run, forKey: .run)
            try container.encode(status.state, forKey: .state)
            try container.encode(status.health, forKey: .health)
            try container.encode(status.pid, forKey: .pid)
            try container.encode(status.port, forKey: .port)
            try container.encode(TimeText.rfc3339(milliseconds: status.since), forKey: .since)
            try container.encode(status.restarts, forKey: .restarts)
            try container.encode(status.exit.map(Exit.init), forKey: .exit)
            try container.encode(status.reason, forKey: .reason)
            try container.encode(cpu, forKey: .cpu)
            try container.encode(memory, forKey: .memory)
            try container.encode(logs, forKey: .logs)
            try container.encode(probes, forKey: .probes)
        }
    }

    /// `{"code"}` or `{"signal"}`; `{"unknown": true}` when its shim was killed and nobody saw it end.
    struct Exit: Encodable {
        let code: Int32?
        let signal: Int32?
        let unknown: Bool?

        init(_ status: ExitStatus) {
            switch status {
            case .code(let number): (code, signal, unknown) = (number, nil, nil)
            case .signal(let number): (code, signal, unknown) = (nil, number, nil)
            case .unknown: (code, signal, unknown) = (nil, nil, true)
            }
        }
    }

    /// What was written in all, and in the last minutes in which anything was, oldest first.
    struct Logs: Encodable {
        let lines: Int64
        let bytes: Int64
        let errors: Int64
        let minutes: [Minute]

        struct Minute: Encodable {
            let minute: String
            let lines: Int64
            let bytes: Int64
            let errors: Int64
        }

        init(_ reading: LogMeter.Reading) {
            lines = reading.total.lines
            bytes = reading.total.bytes
            errors = reading.total.errors
            minutes = reading.minutes.map { minute in
                Minute(
                    minute: TimeText.rfc3339(minute: minute.number), lines: minute.counts.lines,
                    bytes: minute.counts.bytes, errors: minute.counts.errors)
            }
        }
    }

    /// One result of a probe: which asked, when, what came of it and how long that took.
    struct Probe: Encodable {
        let kind: ProbeReport.Kind
        let time: String
        let outcome: ProbeReport.Outcome
        let latencyMilliseconds: Double
        let detail: String
        let body: String?

        init(_ report: ProbeReport) {
            kind = report.kind
            time = TimeText.rfc3339(milliseconds: report.time)
            outcome = report.outcome
            latencyMilliseconds = report.latencyMilliseconds
            detail = report.detail
            body = report.body
        }

        private enum CodingKeys: CodingKey { case kind, time, outcome, latencyMilliseconds, detail, body }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(kind, forKey: .kind)
            try container.encode(time, forKey: .time)
            try container.encode(outcome, forKey: .outcome)
            try container.encode(latencyMilliseconds, forKey: .latencyMilliseconds)
            try container.encode(detail, forKey: .detail)
            try container.encode(body, forKey: .body)
        }
    }
}
