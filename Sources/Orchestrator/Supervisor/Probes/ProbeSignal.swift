import ProcessTable

/// Something that a probe waits for has happened. It comes on the supervisor's thread, addressed by a ``ProbeTicket``.
enum ProbeSignal: Sendable {
    /// It is time to ask.
    case due
    /// A log file of the run has changed.
    case written
    /// The question's time is up.
    case expired
    /// The question's descriptor is ready.
    case ready
    /// The question's process has ended.
    case ended
    /// The question's process was started, or could not be.
    case spawned(Result<ProbeProcess, ProbeProcess.NotStarted>)
    /// Whether the body of an answer matches what is expected of it.
    case matched(Bool)
    /// What was found in the logs.
    case scanned(LogLines.Finding)
    /// Whose port answered.
    case owner(PortOwnership)
}

/// Names one question of one probe: what comes late for an earlier question is told from what belongs to this one.
struct ProbeTicket: Sendable, Hashable {
    let probe: Int
    let question: Int
}

/// How a question waits and comes back: everything outside of it that it may use.
struct ProbeLine: Sendable {
    let loop: EventLoop
    let ticket: ProbeTicket
    /// Sends a signal; only on the supervisor's thread.
    let send: @Sendable (ProbeTicket, ProbeSignal) -> Void
    /// Sends a signal from any thread.
    let post: @Sendable (ProbeTicket, ProbeSignal) -> Void

    func wait(_ readiness: EventLoop.Readiness, _ descriptor: Int32, then signal: ProbeSignal = .ready) {
        loop.once(readiness, descriptor) { [ticket, send] in send(ticket, signal) }
    }

    /// Does something that blocks or takes long on another thread.
    func elsewhere(_ work: @escaping @Sendable () -> ProbeSignal) {
        Blocking.start { [ticket, post] in post(ticket, work()) }
    }
}

/// A question under way, on the supervisor's thread: it is told what happens, and says when it has its answer. After an
/// answer, `expire` or `cancel` it holds nothing and waits for nothing.
protocol ProbeQuestion: AnyObject {
    /// Asks; an answer when there is one at once.
    func begin() -> ProbeAnswer?
    func handle(_ signal: ProbeSignal) -> ProbeAnswer?
    /// The time is up: what is to be said of it.
    func expire() -> ProbeAnswer
    func cancel()
}
