import Manifest
import StateDirectory
import Supervisor
import Testing

@Suite struct InstanceMachineTests {
    /// One life as a table: events with the time at which they come, the state after each, the actions it asked for.
    struct Step: Sendable {
        let event: InstanceEvent
        let now: Int64
        let state: InstanceState
        let actions: [InstanceAction]

        init(_ event: InstanceEvent, at now: Int64 = 0, _ state: InstanceState, _ actions: [InstanceAction] = []) {
            self.event = event
            self.now = now
            self.state = state
            self.actions = actions
        }
    }

    private func machine(
        _ condition: RestartPolicy.Condition = .onFailure, startup: Bool = false, readiness: Bool = false,
        liveness: Bool = false, attempts: Int? = nil
    ) -> InstanceMachine {
        var policy = RestartPolicy(condition: condition)
        policy.maxAttempts = attempts
        return InstanceMachine(
            rules: .init(restart: policy, hasStartup: startup, hasReadiness: readiness, hasLiveness: liveness))
    }

    private func play(_ machine: InstanceMachine, _ steps: [Step]) -> InstanceMachine {
        var machine = machine
        for (index, step) in steps.enumerated() {
            let actions = machine.handle(step.event, now: step.now).filter {
                if case .note = $0 { false } else { true }
            }
            #expect(machine.state == step.state, "after step \(index): \(step.event)")
            #expect(actions == step.actions, "after step \(index): \(step.event)")
        }
        return machine
    }

    @Test func `a service without probes runs as soon as it is launched`() {
        let end = play(
            machine(),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .running),
            ])
        #expect(end.isReady)
        #expect(end.isSettled)
    }

    @Test func `a service with a readiness probe runs when it is healthy`() {
        let end = play(
            machine(readiness: true, liveness: true),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .starting, [.startReadinessProbe]),
                Step(.becameHealthy, .running, [.startLivenessProbe]),
                Step(.becameUnhealthy("no"), .running),
                Step(.becameHealthy, .running),
            ])
        #expect(end.health == .healthy)
    }

    @Test func `a crashed instance is restarted once at once, then with doubled delay`() {
        _ = play(
            machine(),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .running),
                Step(.exited(.signal(9)), at: 10, .starting, [.stopProbes, .launch]),
                Step(.launched, at: 11, .running),
                Step(.exited(.code(1)), at: 20, .backoff, [.stopProbes, .pause(milliseconds: 100)]),
                Step(.pauseEnded, at: 120, .starting, [.launch]),
                Step(.launched, at: 121, .running),
                Step(.exited(.code(1)), at: 130, .backoff, [.stopProbes, .pause(milliseconds: 200)]),
                Step(.pauseEnded, at: 330, .starting, [.launch]),
                Step(.exited(.code(1)), at: 340, .backoff, [.stopProbes, .pause(milliseconds: 400)]),
            ])
    }

    @Test func `a run that was stable forgives the crashes before it`() {
        _ = play(
            machine(),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .running),
                Step(.exited(.code(1)), at: 10, .starting, [.stopProbes, .launch]),
                Step(.launched, at: 11, .running),
                Step(.exited(.code(1)), at: 20_000, .starting, [.stopProbes, .launch]),
            ])
    }

    @Test func `too many restarts are a crash loop, and with max_attempts the end`() {
        let end = play(
            machine(attempts: 1),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .running),
                Step(.exited(.code(3)), at: 1, .starting, [.stopProbes, .launch]),
                Step(.launched, at: 2, .running),
                Step(.exited(.code(3)), at: 3, .crashLooping, [.stopProbes]),
            ])
        #expect(end.isSettled)
        #expect(end.reason == "exited with code 3 after 1 restarts; given up")
    }

    @Test func `without max_attempts a crash loop is tried again after the longest delay`() {
        var machine = machine(.always)
        _ = machine.handle(.start, now: 0)
        _ = machine.handle(.dependenciesMet, now: 0)
        var now: Int64 = 0
        for _ in 0..<RestartBudget.defaultAttempts {
            _ = machine.handle(.launched, now: now)
            now += 1
            _ = machine.handle(.exited(.code(1)), now: now)
            if machine.state == .backoff { _ = machine.handle(.pauseEnded, now: now) }
        }
        _ = machine.handle(.launched, now: now)
        #expect(machine.handle(.exited(.code(1)), now: now).contains(.pause(milliseconds: 30_000)))
        #expect(machine.state == .crashLooping)
        #expect(machine.handle(.pauseEnded, now: now) == [.launch])
    }

    @Test(arguments: [
        (RestartPolicy.Condition.never, ExitStatus.code(1), InstanceState.exited),
        (.never, .code(0), .exited),
        (.onFailure, .code(0), .exited),
        (.onFailure, .code(1), .starting),
        (.onFailure, .signal(15), .starting),
        (.onFailure, .unknown, .starting),
        (.always, .code(0), .starting),
    ])
    func `the restart policy decides by how it ended`(
        condition: RestartPolicy.Condition, exit: ExitStatus, state: InstanceState
    ) {
        var machine = machine(condition)
        _ = machine.handle(.start, now: 0)
        _ = machine.handle(.dependenciesMet, now: 0)
        _ = machine.handle(.launched, now: 0)
        _ = machine.handle(.exited(exit), now: 5)
        #expect(machine.state == state)
    }

    @Test func `a stop ends in stopped whatever the restart policy says`() {
        let end = play(
            machine(.always),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .running),
                Step(.stop(grace: 500), .stopping, [.stopProbes, .stop(grace: 500)]),
                Step(.stop(grace: 0), .stopping, [.stop(grace: 0)]),
                Step(.exited(.signal(9)), .stopped, [.stopProbes]),
            ])
        #expect(!end.wanted)
    }

    @Test func `a restart by hand waits for dependencies again and does not count`() {
        let end = play(
            machine(),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .running),
                Step(.restart(grace: nil), .stopping, [.stopProbes, .stop(grace: nil)]),
                Step(.exited(.code(0)), .waiting, [.stopProbes, .cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
            ])
        #expect(end.restarts == 0)
    }

    @Test func `lost liveness restarts the instance even when it then ends well`() {
        let end = play(
            machine(liveness: true),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .running, [.startLivenessProbe]),
                Step(.livenessLost("no answer"), .stopping, [.stopProbes, .stop(grace: nil)]),
                Step(.exited(.code(0)), at: 50, .starting, [.launch]),
            ])
        #expect(end.restarts == 1)
    }

    @Test func `readiness and liveness are asked when the startup probe has passed, and not before`() {
        let end = play(
            machine(startup: true, readiness: true, liveness: true),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .starting, [.startStartupProbe]),
                Step(.becameHealthy, .starting),
                Step(.livenessLost("too early"), .starting),
                Step(.startedUp, .starting, [.startReadinessProbe, .startLivenessProbe]),
                Step(.startedUp, .starting),
                Step(.startupFailed("too late"), .starting),
                Step(.becameHealthy, .running),
            ])
        #expect(end.health == .healthy)
        #expect(end.awaits == nil)
    }

    @Test func `with a startup probe alone, its pass makes the service ready`() {
        let end = play(
            machine(startup: true),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .starting, [.startStartupProbe]),
                Step(.startedUp, .running),
            ])
        #expect(end.isReady)
        #expect(end.health == .healthy)
    }

    @Test func `what does not start up is ended and restarted by its policy, and says why`() {
        let end = play(
            machine(startup: true, readiness: true),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .starting, [.startStartupProbe]),
                Step(.startupFailed("refused"), .stopping, [.stopProbes, .stop(grace: nil)]),
                Step(.exited(.signal(15)), at: 50, .starting, [.launch]),
                Step(.launched, at: 51, .starting, [.startStartupProbe]),
                Step(.startupFailed("refused"), at: 90, .stopping, [.stopProbes, .stop(grace: nil)]),
                Step(.exited(.code(0)), at: 100, .backoff, [.pause(milliseconds: 100)]),
            ])
        #expect(end.restarts == 2)
        #expect(end.reason == "startup failed: refused; exited with code 0; next start in 100 ms")
    }

    @Test func `what does not start up and is not to be restarted ends with the reason, even when it ends well`() {
        let end = play(
            machine(.never, startup: true),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .starting, [.startStartupProbe]),
                Step(.startupFailed("refused"), .stopping, [.stopProbes, .stop(grace: nil)]),
                Step(.exited(.code(0)), .exited),
            ])
        #expect(end.reason == "startup failed: refused; exited with code 0")
    }

    @Test func `liveness that is lost between startup and readiness restarts the instance`() {
        _ = play(
            machine(startup: true, readiness: true, liveness: true),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launched, .starting, [.startStartupProbe]),
                Step(.startedUp, .starting, [.startReadinessProbe, .startLivenessProbe]),
                Step(.livenessLost("no answer"), .stopping, [.stopProbes, .stop(grace: nil)]),
                Step(.exited(.code(0)), .starting, [.launch]),
                Step(.launched, .starting, [.startStartupProbe]),
            ])
    }

    @Test(arguments: [ProbeReport.Kind.startup, .readiness])
    func `the next daemon's machine goes on with the probe that was waited for`(awaits: ProbeReport.Kind) {
        var status = InstanceStatus(instance: InstanceID(service: "a", replica: 1), state: .starting, since: 0)
        status.health = .starting
        status.awaits = awaits
        let adopted = InstanceMachine(
            rules: machine(startup: true, readiness: true).rules, restoring: status, now: 0)
        _ = play(
            adopted,
            awaits == .startup
                ? [Step(.becameHealthy, .starting), Step(.startedUp, .starting, [.startReadinessProbe])]
                : [Step(.startedUp, .starting), Step(.becameHealthy, .running)])
    }

    @Test func `what depends on a failure is skipped and says why, and starts when that is mended`() {
        let end = play(
            machine(),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesUnmet("waiting for a"), .waiting),
                Step(.dependencyFailed("a is failed"), .skipped),
            ])
        #expect(end.reason == "a is failed")
        _ = play(end, [Step(.dependenciesMet, .starting, [.launch])])
    }

    @Test func `a program that cannot be started is not tried again`() {
        let end = play(
            machine(.always),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.launchFailed("no such program"), .failed, [.stopProbes]),
                Step(.exited(.code(127)), .failed),
            ])
        #expect(end.reason == "no such program")
    }

    @Test func `a stop before the launch was heard of still ends in stopped`() {
        _ = play(
            machine(),
            [
                Step(.start, .waiting, [.cancelPause]),
                Step(.dependenciesMet, .starting, [.launch]),
                Step(.stop(grace: nil), .stopping, [.stopProbes, .stop(grace: nil)]),
                Step(.launched, .stopping),
                Step(.launchFailed("late"), .stopped, [.stopProbes]),
            ])
    }
}
