import Manifest
import StateDirectory
import Supervisor
import TestSupport
import Testing

/// Random lives: whatever order events come in, these hold after each.
@Suite struct InstanceMachineInvariantsTests {
    private static let events: [InstanceEvent] = [
        .start, .stop(grace: nil), .stop(grace: 10), .restart(grace: nil), .dependenciesMet, .dependenciesUnmet("a"),
        .dependencyFailed("b"), .launched, .launchFailed("c"), .exited(.code(0)), .exited(.code(1)),
        .exited(.signal(9)), .exited(.unknown), .startedUp, .startupFailed("f"), .becameHealthy, .becameUnhealthy("d"),
        .livenessLost("e"),
        .pauseEnded,
    ]

    @Test func `100,000 random events keep the invariants`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        for life in 0..<1_000 {
            var policy = RestartPolicy(condition: [.never, .onFailure, .always][life % 3])
            policy.maxAttempts = life % 4 == 0 ? 2 : nil
            var machine = InstanceMachine(
                rules: .init(
                    restart: policy, hasStartup: life % 7 < 3, hasReadiness: life % 2 == 0,
                    hasLiveness: life % 5 < 2))
            var processes = 0
            var asked: Set<InstanceAction> = []
            var isLaunched = false
            var now: Int64 = 0
            for _ in 0..<100 {
                let event = Self.events[Int(random.next() % UInt64(Self.events.count))]
                // The world: an exit is only heard of a process that was launched, a launch succeeds or fails once.
                switch event {
                case .exited: if processes == 0 { continue }
                case .launchFailed, .launched: if processes == 0 || isLaunched { continue }
                default: break
                }
                now += Int64(random.next() % 3_000)
                let before = machine
                let actions = machine.handle(event, now: now, jitter: 0.5)
                switch event {
                case .exited, .launchFailed: processes = 0
                case .launched: isLaunched = true
                default: break
                }
                for action in actions where action == .launch {
                    processes += 1
                    isLaunched = false
                    #expect(machine.wanted, "launched though nobody wants it, seed \(seed)")
                }
                #expect(processes <= 1, "two processes at once, seed \(seed)")
                #expect(machine.state.isAlive == (processes == 1), "\(before.state) \(event), seed \(seed)")
                // A startup probe ends by itself when it has passed; every other one is ended by the machine.
                if event == .startedUp { asked.remove(.startStartupProbe) }
                for action in actions {
                    switch action {
                    case .startStartupProbe, .startReadinessProbe, .startLivenessProbe:
                        #expect(asked.insert(action).inserted, "\(action) twice, seed \(seed)")
                    case .stopProbes: asked = []
                    default: break
                    }
                }
                if machine.awaits == .startup { #expect(asked == [.startStartupProbe], "seed \(seed)") }
                if machine.awaits != nil { #expect(machine.state == .starting, "seed \(seed)") }
                if processes == 0 || machine.state == .stopping {
                    #expect(asked.isEmpty, "a probe without a process, \(before.state) \(event), seed \(seed)")
                }
                if machine.state == .running, machine.rules.hasLiveness {
                    #expect(asked.contains(.startLivenessProbe), "seed \(seed)")
                }
                if machine.state == .stopped, !machine.wanted {
                    #expect(!actions.contains(.launch))
                }
                if event == .stop(grace: nil) || event == .stop(grace: 10) {
                    #expect(!machine.wanted, "\(before.state), seed \(seed)")
                    #expect([.stopped, .stopping].contains(machine.state), "\(before.state), seed \(seed)")
                }
                // Whoever neither rests nor has a process has a next step: a pause that ends, or dependencies.
                if machine.state == .backoff, before.state != .backoff {
                    #expect(actions.contains { $0.isPause }, "\(before.state) \(event), seed \(seed)")
                }
                if machine.wanted, processes == 0, !machine.isSettled {
                    #expect([.waiting, .backoff].contains(machine.state), "\(machine.state), seed \(seed)")
                }
                let most = policy.maxAttempts ?? RestartBudget.defaultAttempts
                #expect(machine.budget.recent.count <= most, "\(machine.budget.recent) at \(now), seed \(seed)")
                if machine.health == .healthy { #expect(machine.state == .running, "seed \(seed)") }
                if [.crashLooping, .failed, .skipped, .backoff].contains(machine.state) {
                    #expect(machine.reason != nil, "\(machine.state) without a reason, seed \(seed)")
                }
            }
        }
    }
}

extension InstanceAction {
    fileprivate var isPause: Bool {
        if case .pause = self { true } else { false }
    }
}
