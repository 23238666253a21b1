import Manifest
import StateDirectory

/// Asks all probes of all runs, on the supervisor's thread: nothing here blocks, so none waits for another, and with
/// nothing to ask nothing wakes up.
///
/// It decides nothing about instances. Signals come in by ``ProbeSignal``, what a probe has to say goes out as ``ProbeNews``.
final class ProbeEngine {
    /// How long somebody else on a port is believed to stay there.
    private static let foreignMemory: Int64 = 500
    /// The least time between two looks at a log that is being written, in ms.
    private static let logPause: Int64 = 5

    private let loop: EventLoop
    private let send: @Sendable (ProbeTicket, ProbeSignal) -> Void
    private let post: @Sendable (ProbeTicket, ProbeSignal) -> Void
    private let ports = PortOwnershipCheck()
    private let logs: RunWatch
    private var probes: [Int: RunningProbe] = [:]
    private var lastNumber = 0

    /// - Parameters:
    ///   - send: brings a signal to `handle`; called on the loop's thread.
    ///   - post: the same from any thread.
    ///   - logsChanged: leads to `readLogChanges`; called on the loop's thread.
    init(
        loop: EventLoop, send: @escaping @Sendable (ProbeTicket, ProbeSignal) -> Void,
        post: @escaping @Sendable (ProbeTicket, ProbeSignal) -> Void, logsChanged: @escaping @Sendable () -> Void
    ) {
        self.loop = loop
        self.send = send
        self.post = post
        logs = RunWatch(loop: loop, wake: logsChanged)
    }

    // MARK: Beginning and ending

    /// Begins a probe; the number ends it. The first question comes at once, or, when each interval is soon enough, within
    /// the first one.
    func begin(_ subject: ProbeSubject, _ judge: HealthJudge) -> Int {
        lastNumber += 1
        let now = Time.monotonic
        let probe = RunningProbe(subject, judge, number: lastNumber, now: now)
        probes[lastNumber] = probe
        if probe.search?.isHeartbeat == false { probe.watch = logs.add(subject.run.path, for: lastNumber) }
        plan(probe, at: !judge.isSteady ? now : probe.search?.isHeartbeat == true ? after(probe) : spread(probe))
        return lastNumber
    }

    /// Ends a probe: nothing is asked or said any more.
    func end(_ number: Int) {
        guard let probe = probes.removeValue(forKey: number) else { return }
        probe.question?.cancel()
        for timer in [probe.next, probe.deadline] { timer.map(loop.cancel) }
        probe.watch.map(logs.remove)
    }

    // MARK: Signals

    /// What has come to pass for a probe; what that makes it say.
    func handle(_ ticket: ProbeTicket, _ signal: ProbeSignal) -> ProbeNews? {
        let probe = probes[ticket.probe]
        switch signal {
        case .due: return probe.flatMap(ask)
        case .written: return nil
        case .matched: probe?.expectation?.matchingEnded()
        case .scanned(let finding): probe?.search?.lookEnded(finding)
        default: break
        }
        guard let probe, probe.ticket == ticket, probe.question != nil || probe.unverified != nil else {
            // Started for a question that was over before it ran.
            if case .spawned(.success(let process)) = signal { process.abandon(on: loop) }
            return nil
        }
        switch signal {
        case .owner(let ownership): return verified(probe, ownership)
        case .expired:
            probe.deadline = nil
            return probe.question.flatMap { answered(probe, $0.expire()) }
        default: return probe.question?.handle(signal).flatMap { answered(probe, $0) }
        }
    }

    /// The logs of some runs have changed: their probes look at once.
    func readLogChanges() {
        let now = Time.monotonic
        for number in logs.read() {
            guard let probe = probes[number] else { continue }
            if probe.question == nil {
                plan(probe, at: max(now, probe.askedAt.nanoseconds / 1_000_000 + Self.logPause))
            } else {
                probe.isLogNews = true
            }
        }
    }

    // MARK: Asking

    private func ask(_ probe: RunningProbe) -> ProbeNews? {
        probe.next = nil
        probe.isLogNews = false
        guard probe.question == nil, probe.unverified == nil else { return nil }
        let made = probe.makeQuestion { ProbeLine(loop: loop, ticket: $0, send: send, post: post) }
        guard let question = made else {
            return say(probe, ProbeAnswer(outcome: .failed, detail: "the instance has no port to ask"), latency: 0)
        }
        let ticket = probe.ticket
        let timeout = max(1, probe.subject.probe.timeout.milliseconds)
        probe.deadline = loop.at(probe.askedAt.nanoseconds / 1_000_000 + timeout) { [send] in send(ticket, .expired) }
        return question.begin().flatMap { answered(probe, $0) }
    }

    private func answered(_ probe: RunningProbe, _ answer: ProbeAnswer) -> ProbeNews? {
        let latency = probe.endQuestion()
        probe.deadline.map(loop.cancel)
        probe.deadline = nil
        guard probe.subject.asksPort, let port = probe.subject.port else { return say(probe, answer, latency: latency) }
        guard answer.outcome == .passed else {
            (probe.isOwnerKnown, probe.foreign) = (false, nil)
            return say(probe, answer, latency: latency)
        }
        if probe.isOwnerKnown { return say(probe, answer, latency: latency) }
        probe.unverified = (answer, latency)
        if let foreign = probe.foreign, Time.monotonic - foreign.at < Self.foreignMemory {
            return verified(probe, .foreign(foreign.owner))
        }
        let ticket = probe.ticket
        ports.ask(.init(port: port, shim: probe.subject.shim) { [post] in post(ticket, .owner($0)) })
        return nil
    }

    private func verified(_ probe: RunningProbe, _ ownership: PortOwnership) -> ProbeNews? {
        guard let (passed, latency) = probe.unverified else { return nil }
        var answer = passed
        probe.unverified = nil
        if case .foreign(let owner) = ownership {
            if probe.foreign?.owner != owner { probe.foreign = (owner, Time.monotonic) }
            answer.outcome = .foreignProcess
            answer.detail = "port \(probe.subject.port ?? 0) belongs to \(owner), not to this service"
        } else {
            (probe.isOwnerKnown, probe.foreign) = (true, nil)
        }
        return say(probe, answer, latency: latency)
    }

    /// Judges an answer and plans the next question.
    private func say(_ probe: RunningProbe, _ answer: ProbeAnswer, latency: Int64) -> ProbeNews {
        let wasSteady = probe.judge.isSteady
        let verdict = probe.judge.judge(passed: answer.outcome == .passed, asked: probe.scheduled)
        let news = ProbeNews(
            run: probe.subject.run, kind: probe.subject.kind, report: probe.report(answer, latency: latency),
            verdict: verdict)
        if isDone(probe, verdict) {
            end(probe.number)
        } else {
            plan(probe, at: !wasSteady && probe.judge.isSteady ? spread(probe) : after(probe))
        }
        return news
    }

    /// A startup probe has said all it has to say when it has passed, and a log line that was there stays.
    private func isDone(_ probe: RunningProbe, _ verdict: HealthJudge.Verdict?) -> Bool {
        verdict == .healthy && (probe.subject.kind == .startup || probe.search?.isHeartbeat == false)
    }

    // MARK: When

    private func plan(_ probe: RunningProbe, at time: Int64) {
        probe.next.map(loop.cancel)
        let now = Time.monotonic
        // Late by more than an interval: what was missed is not made up for.
        probe.scheduled = time + max(1, probe.subject.probe.interval.milliseconds) < now ? now : time
        let ticket = probe.ticket
        probe.next = loop.at(probe.scheduled) { [send] in send(ticket, .due) }
    }

    private func after(_ probe: RunningProbe) -> Int64 {
        if let search = probe.search, !search.isHeartbeat { return afterLog(probe) }
        return probe.judge.nextQuestion(after: probe.scheduled)
    }

    /// A log that is watched is looked at when it changes; otherwise only when a failure would count.
    private func afterLog(_ probe: RunningProbe) -> Int64 {
        let soonest = Time.monotonic + Self.logPause
        if probe.isLogNews { return soonest }
        let next =
            probe.watch == nil
            ? probe.judge.nextQuestion(after: probe.scheduled) : max(probe.judge.nextCount, probe.scheduled + 1)
        return probe.search?.again.map { min(next, max($0, soonest)) } ?? next
    }

    /// Some time within the next interval, another for each probe: a thousand equal intervals that began together are spread
    /// evenly by the golden ratio, whatever their number.
    private func spread(_ probe: RunningProbe) -> Int64 {
        let fraction = (Double(probe.number) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        let interval = Double(max(1, probe.subject.probe.interval.milliseconds))
        return probe.scheduled + max(1, Int64((interval * fraction).rounded(.up)))
    }
}
