import Manifest
import StateDirectory

/// The life of one instance as a state machine: an event comes in, the state changes, and what is to be done comes out.
///
/// There is no clock, no process and no lock in here; time and chance are arguments. Events that make no sense in a state
/// are ignored, because they may arrive late: a probe's answer after the exit, an exit after somebody asked for a restart.
///
/// ```
///            start            dependenciesMet        launched, becameHealthy
///  stopped ─────────► waiting ───────────────► starting ───────────────────► running
///     ▲                  │ dependencyFailed        │ exited                     │ exited
///     │                  ▼                         ▼                            ▼
///     │               skipped            RestartBudget: starting · backoff · crash-looping · exited
///     └── stopping ◄── stop, restart, startupFailed, livenessLost (from starting and running)
/// ```
///
/// With a startup probe, `starting` has two parts: until that probe has passed nothing else is asked; then readiness (or
/// `running`, when there is no such probe) begins, and liveness with it.
package struct InstanceMachine: Sendable, Hashable {
    /// What the service's manifest says that matters here.
    package struct Rules: Sendable, Hashable {
        package var restart: RestartPolicy
        package var hasStartup: Bool
        package var hasReadiness: Bool
        package var hasLiveness: Bool

        package init(restart: RestartPolicy, hasStartup: Bool = false, hasReadiness: Bool, hasLiveness: Bool) {
            self.restart = restart
            self.hasStartup = hasStartup
            self.hasReadiness = hasReadiness
            self.hasLiveness = hasLiveness
        }
    }

    /// What follows when a stop is done.
    private enum AfterStop: Sendable, Hashable {
        case stay
        case startAgain
        /// The supervisor's own decision: it counts as a restart.
        case restart
    }

    package var rules: Rules
    package private(set) var state: InstanceState = .stopped
    package private(set) var health: InstanceHealth = .none
    /// While starting: the probe whose pass is waited for.
    package private(set) var awaits: ProbeReport.Kind?
    package private(set) var wanted = false
    package private(set) var reason: String?
    package private(set) var exit: ExitStatus?
    /// Restarts by the supervisor since somebody last started the instance.
    package private(set) var restarts = 0

    package private(set) var budget = RestartBudget()
    private var afterStop = AfterStop.stay
    package private(set) var launchedAt: Int64 = 0

    package init(rules: Rules) { self.rules = rules }

    /// Nothing more will happen unless somebody or something outside changes.
    package var isSettled: Bool {
        switch state {
        case .waiting, .stopping, .backoff: false
        case .starting: health == .unhealthy
        case .running, .stopped, .exited, .crashLooping, .failed, .skipped: true
        }
    }

    /// Serves: its process runs and no probe says otherwise.
    package var isReady: Bool { state == .running && (health == .healthy || health == .none) }

    /// Handles one event. `now` is monotonic ms, `jitter` is from 0 to 1.
    package mutating func handle(_ event: InstanceEvent, now: Int64, jitter: Double = 0.5) -> [InstanceAction] {
        switch event {
        case .start: start()
        case .stop(let grace): stop(grace, then: .stay)
        case .restart(let grace): stop(grace, then: .startAgain)
        case .dependenciesMet: dependenciesMet(now: now)
        case .dependenciesUnmet(let what): dependenciesUnmet(what)
        case .dependencyFailed(let what): dependencyFailed(what)
        case .launched: launched()
        case .launchFailed(let why): launchFailed(why)
        case .exited(let status): exited(status, now: now, jitter: jitter)
        case .startedUp: startedUp()
        case .startupFailed(let why): startupFailed(why)
        case .becameHealthy: becameHealthy()
        case .becameUnhealthy(let why): becameUnhealthy(why)
        case .livenessLost(let why): livenessLost(why)
        case .pauseEnded: pauseEnded(now: now)
        }
    }

    // MARK: Wanted or not

    private mutating func start() -> [InstanceAction] {
        wanted = true
        switch state {
        case .stopped, .exited, .failed, .skipped, .crashLooping:
            restarts = 0
            budget = RestartBudget()
            exit = nil
            enter(.waiting)
            return [.cancelPause]
        case .stopping:
            afterStop = .startAgain
            return []
        case .waiting, .starting, .running, .backoff:
            return []
        }
    }

    private mutating func stop(_ grace: Int?, then next: AfterStop) -> [InstanceAction] {
        wanted = next == .startAgain
        switch state {
        case .starting, .running:
            afterStop = next
            enter(.stopping)
            return [.stopProbes, .stop(grace: grace), .note("stopping", detail: nil)]
        case .stopping:
            afterStop = next
            return grace == nil ? [] : [.stop(grace: grace)]
        case .waiting, .backoff, .crashLooping, .stopped, .exited, .failed, .skipped:
            enter(.stopped)
            return [.cancelPause] + (next == .startAgain ? start() : [])
        }
    }

    // MARK: Dependencies

    private mutating func dependenciesMet(now: Int64) -> [InstanceAction] {
        guard state == .waiting || state == .skipped else { return [] }
        return launch(now: now)
    }

    private mutating func dependenciesUnmet(_ what: String) -> [InstanceAction] {
        guard state == .waiting || state == .skipped else { return [] }
        enter(.waiting, reason: what)
        return []
    }

    private mutating func dependencyFailed(_ what: String) -> [InstanceAction] {
        guard state == .waiting else { return [] }
        enter(.skipped, reason: what)
        return [.note("skipped", detail: what)]
    }

    // MARK: The process

    private mutating func launch(now: Int64) -> [InstanceAction] {
        enter(.starting)
        launchedAt = now
        return [.launch]
    }

    private mutating func launched() -> [InstanceAction] {
        guard state == .starting, health == .none else { return [] }
        if rules.hasStartup || rules.hasReadiness {
            health = .starting
            awaits = rules.hasStartup ? .startup : .readiness
            return [
                rules.hasStartup ? .startStartupProbe : .startReadinessProbe, .note("started", detail: nil),
            ]
        }
        enter(.running)
        return [.note("started", detail: nil)] + (rules.hasLiveness ? [.startLivenessProbe] : [])
    }

    private mutating func launchFailed(_ why: String) -> [InstanceAction] {
        guard state == .starting || state == .stopping else { return [] }
        if state == .stopping { return stopped() }
        enter(.failed, reason: why)
        return [.stopProbes, .note("failed", detail: why)]
    }

    private mutating func exited(_ status: ExitStatus, now: Int64, jitter: Double) -> [InstanceAction] {
        switch state {
        case .stopping where afterStop == .restart:
            exit = status
            return restart(status, forced: true, now: now, jitter: jitter)
        case .stopping:
            exit = status
            return stopped()
        case .starting, .running:
            exit = status
            return [.stopProbes, .note("exited", detail: Self.describe(status))]
                + restart(status, forced: false, now: now, jitter: jitter)
        case .waiting, .backoff, .crashLooping, .stopped, .exited, .failed, .skipped:
            return []
        }
    }

    private mutating func stopped() -> [InstanceAction] {
        enter(.stopped)
        return [.stopProbes, .note("stopped", detail: nil)] + (afterStop == .startAgain ? start() : [])
    }

    private mutating func restart(_ status: ExitStatus, forced: Bool, now: Int64, jitter: Double) -> [InstanceAction] {
        var policy = rules.restart
        if forced, policy.condition == .onFailure { policy.condition = .always }
        let why = reason.map { "\($0); " } ?? ""
        let decision = budget.decide(
            policy, exit: status, ranMilliseconds: now - launchedAt, now: now, jitter: jitter)
        switch decision {
        case .leave:
            let isFine = rules.restart.isSuccess(status) && !forced
            enter(.exited, reason: isFine ? nil : why + Self.describe(status))
            return []
        case .restart(let pause):
            restarts += 1
            let note = InstanceAction.note("restarting", detail: why + Self.describe(status))
            if pause == 0 { return [note] + launch(now: now) }
            enter(.backoff, reason: "\(why)\(Self.describe(status)); next start in \(pause) ms")
            return [note, .pause(milliseconds: pause)]
        case .crashLooping(let retry):
            let then = retry.map { "next try in \($0 / 1000) s" } ?? "given up"
            let sentence = "\(why)\(Self.describe(status)) after \(restarts) restarts; \(then)"
            enter(.crashLooping, reason: sentence)
            return [.note("crash-looping", detail: sentence)] + (retry.map { [.pause(milliseconds: $0)] } ?? [])
        }
    }

    private mutating func pauseEnded(now: Int64) -> [InstanceAction] {
        switch state {
        case .backoff: return launch(now: now)
        case .crashLooping:
            restarts += 1
            return launch(now: now)
        case .waiting, .starting, .running, .stopping, .stopped, .exited, .failed, .skipped: return []
        }
    }

    // MARK: Probes

    private mutating func startedUp() -> [InstanceAction] {
        guard state == .starting, awaits == .startup else { return [] }
        let liveness: [InstanceAction] = rules.hasLiveness ? [.startLivenessProbe] : []
        guard rules.hasReadiness else {
            enter(.running)
            // A probe has passed, and there is none that could say otherwise.
            health = .healthy
            return [.note("started-up", detail: nil)] + liveness
        }
        awaits = .readiness
        return [.startReadinessProbe, .note("started-up", detail: nil)] + liveness
    }

    /// Kubernetes' meaning: what does not come up within the time it was given is ended and, if its policy allows, started
    /// again.
    private mutating func startupFailed(_ why: String) -> [InstanceAction] {
        guard state == .starting, awaits == .startup else { return [] }
        return giveUp("startup failed", "startup-failed", why)
    }

    private mutating func becameHealthy() -> [InstanceAction] {
        guard isAskedForReadiness, health != .healthy else { return [] }
        let first = state == .starting
        if first { enter(.running) }
        reason = nil
        health = .healthy
        // After a startup probe, liveness is asked already.
        let beginsLiveness = first && rules.hasLiveness && !rules.hasStartup
        return [.note("healthy", detail: nil)] + (beginsLiveness ? [.startLivenessProbe] : [])
    }

    /// Whether there is a launched process that a readiness probe asks; before that, an answer is an earlier run's.
    private var isAskedForReadiness: Bool {
        state == .starting ? awaits == .readiness : state == .running && health != .none
    }

    private mutating func becameUnhealthy(_ why: String) -> [InstanceAction] {
        guard isAskedForReadiness, health != .unhealthy else { return [] }
        health = .unhealthy
        reason = why
        return [.note("unhealthy", detail: why)]
    }

    private mutating func livenessLost(_ why: String) -> [InstanceAction] {
        guard state == .running || (state == .starting && rules.hasStartup && awaits == .readiness) else { return [] }
        return giveUp("liveness lost", "liveness-lost", why)
    }

    /// The supervisor's own decision to end a run: its policy decides what comes then.
    private mutating func giveUp(_ what: String, _ event: String, _ why: String) -> [InstanceAction] {
        afterStop = .restart
        enter(.stopping, reason: "\(what): \(why)")
        return [.stopProbes, .stop(grace: nil), .note(event, detail: why)]
    }

    /// Health is a matter of one run: it starts anew with each state but running.
    private mutating func enter(_ next: InstanceState, reason: String? = nil) {
        state = next
        self.reason = reason
        awaits = nil
        if next != .running { health = .none }
    }

    package static func describe(_ status: ExitStatus) -> String { status.sentence }
}

extension InstanceMachine {
    /// The machine of an instance that a daemon before this one supervised, as it was last written down.
    package init(rules: Rules, restoring status: InstanceStatus, now: Int64) {
        self.init(rules: rules)
        state = status.state
        health = status.health
        awaits = status.awaits ?? (status.state == .starting && status.health != .none ? .readiness : nil)
        wanted = status.wanted
        reason = status.reason
        exit = status.exit
        restarts = status.restarts
        budget = RestartBudget(recent: status.recentRestarts, streak: status.restartStreak)
        launchedAt = status.launchedAt ?? now
        // A stop that nobody asked for was its liveness probe's.
        if state == .stopping, wanted, status.stop == nil { afterStop = .restart }
    }
}
