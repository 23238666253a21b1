import Manifest
import StateDirectory

/// One probe of one run while it runs: its judge, its question under way and what it keeps between questions.
///
/// Belongs to the ``ProbeEngine`` and its thread.
final class RunningProbe {
    let number: Int
    let subject: ProbeSubject
    var judge: HealthJudge
    /// When the last question was to be asked, monotonic ms: the next is counted from here, so that nothing drifts.
    var scheduled: Int64

    // The question under way.
    private(set) var questions = 0
    private(set) var question: (any ProbeQuestion)?
    private(set) var askedAt: (wall: Int64, nanoseconds: Int64) = (0, 0)
    var deadline: Int?
    /// An answer that passed, while it is found out whose port gave it.
    var unverified: (answer: ProbeAnswer, latency: Int64)?

    // Between questions.
    var next: Int?
    /// The log has changed while a question was under way.
    var isLogNews = false
    var watch: Int32?
    /// Whether the port was seen to belong to the run since it last failed.
    var isOwnerKnown = false
    /// Who was seen on the port instead, and when (monotonic ms).
    var foreign: (owner: String, at: Int64)?
    let search: LogSearch?
    let expectation: BodyExpectation?
    private let target: HTTPTarget?

    init(_ subject: ProbeSubject, _ judge: HealthJudge, number: Int, now: Int64) {
        self.number = number
        self.subject = subject
        self.judge = judge
        scheduled = now
        let isHeartbeat = subject.kind == .liveness
        switch subject.probe.check {
        case .http(let path, let headers, let statuses, let body):
            search = nil
            expectation = body.map(BodyExpectation.init)
            target = subject.port.map {
                HTTPTarget(
                    port: $0, path: path, headers: headers, expectedStatuses: statuses, timeout: subject.probe.timeout)
            }
        case .log(let pattern):
            search = LogSearch(
                pattern, run: subject.run, isHeartbeat: isHeartbeat, fromEnd: isHeartbeat && subject.isAdopted)
            (expectation, target) = (nil, nil)
        case .tcp, .exec: (search, expectation, target) = (nil, nil, nil)
        }
    }

    var ticket: ProbeTicket { ProbeTicket(probe: number, question: questions) }

    /// Makes the next question; nil when there is nothing to ask.
    func makeQuestion(_ line: (ProbeTicket) -> ProbeLine) -> (any ProbeQuestion)? {
        questions += 1
        askedAt = (Time.wall, Time.monotonicNanoseconds)
        let line = line(ticket)
        let timeout = subject.probe.timeout
        switch subject.probe.check {
        case .http: question = target.map { HTTPQuestion($0, expectation, line: line) }
        case .tcp: question = subject.port.map { TCPQuestion(port: $0, timeout: timeout, line: line) }
        case .exec(let command):
            question = ExecQuestion(
                command: command, wrapper: subject.wrapper, environment: subject.environment,
                directory: subject.workingDirectory,
                timeout: timeout, line: line)
        case .log: question = search.map { LogQuestion($0, timeout: timeout, line: line) }
        }
        return question
    }

    /// The question is over; how long it took, in ns.
    func endQuestion() -> Int64 {
        question = nil
        return Time.monotonicNanoseconds - askedAt.nanoseconds
    }

    func report(_ answer: ProbeAnswer, latency: Int64) -> ProbeReport {
        ProbeReport(answer, kind: subject.kind, time: askedAt.wall, latencyNanoseconds: latency)
    }
}
