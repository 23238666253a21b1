import LogStore
import Manifest
import ProcessTable
import StateDirectory

/// `msctl.why/1`. What is not known is left out.
struct WhyDocument: Encodable {
    let schema = "msctl.why/1"
    let project: String
    let daemon: String
    let instances: [Answer]

    init(_ report: WhyReport, now: Int64) {
        project = report.project
        daemon =
            switch report.daemon {
            case .running: "running"
            case .returning: "returning"
            case .absent: "absent"
            }
        instances = report.diagnoses.map { Answer($0, now: now) }
    }

    struct Answer: Encodable {
        let diagnosis: Diagnosis
        let summary: String

        init(_ diagnosis: Diagnosis, now: Int64) {
            self.diagnosis = diagnosis
            summary = WhyText(now: now, style: .plain).headline(diagnosis)
        }

        private enum CodingKeys: CodingKey {
            case service, instance, state, health, since, reason, waitsFor, cause, summary, next
        }

        func encode(to encoder: any Encoder) throws {
            let status = diagnosis.cause.status
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(status.instance.service, forKey: .service)
            try container.encode(status.instance.description, forKey: .instance)
            try container.encode(status.state, forKey: .state)
            try container.encode(status.health, forKey: .health)
            try container.encode(TimeText.rfc3339(milliseconds: status.since), forKey: .since)
            try container.encodeIfPresent(status.reason, forKey: .reason)
            try container.encode(diagnosis.cause.chain.map(Link.init), forKey: .waitsFor)
            try container.encodeIfPresent(
                diagnosis.cause.root.map { Root($0, diagnosis.evidence) }, forKey: .cause)
            try container.encode(summary, forKey: .summary)
            try container.encode(diagnosis.next, forKey: .next)
        }
    }

    struct Link: Encodable {
        let service: String
        let condition: String
        let instance: String?
        let state: InstanceState?

        init(_ link: Cause.Link) {
            service = link.dependency.service
            condition = link.dependency.condition.rawValue
            instance = link.instance?.instance.description
            state = link.instance?.state
        }
    }

    /// What is known of the instance at the end of the chain.
    struct Root: Encodable {
        let instance: String
        let state: InstanceState
        let reason: String?
        let exit: Exit?
        let restarts: Int
        let windowSeconds: Double
        let nextStart: String?
        let probe: Probe?
        let port: Port?
        let lastError: Line?

        init(_ status: InstanceStatus, _ evidence: Evidence?) {
            instance = status.instance.description
            state = status.state
            reason = status.reason
            exit = evidence?.exit.map(Exit.init)
            restarts = evidence?.restarts ?? 0
            windowSeconds = (evidence?.window ?? .zero) / .seconds(1)
            nextStart = evidence?.nextStart.map { TimeText.rfc3339(milliseconds: $0) }
            probe = evidence?.probe.map(Probe.init)
            port = evidence?.port.map(Port.init)
            lastError = evidence?.lastWords.map(Line.init)
        }
    }

    struct Exit: Encodable {
        let run: Int
        let time: String
        let ranMilliseconds: Int64
        let code: Int32?
        let signal: Int32?

        init(_ exit: Evidence.Exit) {
            run = exit.run
            time = TimeText.rfc3339(milliseconds: exit.time)
            ranMilliseconds = Int64(exit.ran / .milliseconds(1))
            switch exit.status {
            case .code(let number): (code, signal) = (number, nil)
            case .signal(let number): (code, signal) = (nil, number)
            case .unknown: (code, signal) = (nil, nil)
            }
        }
    }

    struct Probe: Encodable {
        let kind: String
        let outcome: String
        let time: String
        let latencyMilliseconds: Double
        let detail: String
        let body: String?

        init(_ report: ProbeReport) {
            kind = report.kind.rawValue
            outcome = report.outcome.rawValue
            time = TimeText.rfc3339(milliseconds: report.time)
            latencyMilliseconds = report.latencyMilliseconds
            detail = report.detail
            body = report.body
        }
    }

    struct Port: Encodable {
        let number: UInt16
        let pid: Int32?
        let command: String?

        init(_ port: Evidence.Port) {
            number = port.number
            pid = port.owner?.pid
            command = port.owner?.command
        }
    }

    struct Line: Encodable {
        let time: String
        let level: String?
        let stream: String
        let message: String

        init(_ words: LastWords) {
            time = TimeText.rfc3339(milliseconds: words.time.nanoseconds / 1_000_000)
            level = words.level?.name
            stream = words.stream.rawValue
            message = words.message
        }
    }
}
