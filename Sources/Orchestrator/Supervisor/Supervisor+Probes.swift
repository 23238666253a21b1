import CurlClient
import Manifest
import StateDirectory

/// Probes: one task per probe of a run, which ends with the run.
extension Supervisor {
    func startStartupProbe(_ id: InstanceID) {
        guard let instance = instances[id], let probe = instance.service.startup else { return }
        if case .log(let pattern) = probe.check {
            followReadyLine(pattern, id, instance, .startedUp)
            return
        }
        run(probe, id, isSettled: false) { verdict, report in
            switch verdict {
            case .healthy: .startedUp
            case .unhealthy: .startupFailed(report.sentence)
            }
        }
    }

    func startReadinessProbe(_ id: InstanceID) {
        guard let instance = instances[id] else { return }
        guard let probe = instance.service.healthcheck else { return }
        if case .log(let pattern) = probe.check {
            followReadyLine(pattern, id, instance, .becameHealthy)
            return
        }
        run(probe, id, isSettled: instance.machine.health == .healthy) { verdict, report in
            switch verdict {
            case .healthy: .becameHealthy
            case .unhealthy: .becameUnhealthy(report.sentence)
            }
        }
    }

    func startLivenessProbe(_ id: InstanceID) {
        guard let probe = instances[id]?.service.liveness else { return }
        run(probe, id, isSettled: true) { verdict, report in
            switch verdict {
            case .healthy: nil
            case .unhealthy: .livenessLost(report.sentence)
            }
        }
    }

    private func run(
        _ probe: Probe, _ id: InstanceID, isSettled: Bool,
        event: @escaping @Sendable (HealthJudge.Verdict, ProbeReport) -> InstanceEvent?
    ) {
        guard let instance = instances[id], let spec = instance.spec else { return }
        let target = ProbeTarget(
            probe: probe, port: spec.port, environment: spec.environment, workingDirectory: spec.workingDirectory)
        let number = instance.run
        let client = self.client
        instances[id]?.probes.append(
            Task.detached { [weak self] in
                var judge = HealthJudge(probe, now: Time.monotonic, settled: isSettled)
                while !Task.isCancelled {
                    let report = await target.ask(client(), at: Time.wall)
                    if Task.isCancelled { return }
                    let verdict = judge.judge(passed: report.outcome == .passed, now: Time.monotonic)
                    await self?.probed(id, number, report, verdict.flatMap { event($0, report) })
                    // Cancelled means: the run has ended or is to stop.
                    try? await Task.sleep(for: .milliseconds(judge.pause(now: Time.monotonic)))
                }
            })
    }

    private func probed(_ id: InstanceID, _ run: Int, _ report: ProbeReport, _ event: InstanceEvent?) {
        guard let instance = instances[id], instance.run == run, instance.machine.state.isAlive else { return }
        let isNews = instance.probe?.outcome != report.outcome
        instances[id]?.probe = report
        if let event {
            deliver(event, to: id)
        } else if isNews {
            publish(id)
        }
    }

    private func followReadyLine(
        _ pattern: String, _ id: InstanceID, _ instance: Instance, _ event: InstanceEvent
    ) {
        let run = layout.run(instance.run, of: id)
        instances[id]?.probes.append(
            Task.detached { [weak self] in
                guard var lines = ReadyLine(pattern, run: run) else { return }
                let watch = Stopwatch()
                while !Task.isCancelled {
                    if let line = lines.next() {
                        let report = ProbeReport(
                            time: Time.wall, outcome: .passed, latencyMilliseconds: watch.milliseconds,
                            detail: "a log line matched", body: String(line.prefix(200)))
                        await self?.probed(id, run.run, report, event)
                        return
                    }
                    // Cancelled means: the run has ended or is to stop.
                    try? await Task.sleep(for: .milliseconds(25))
                }
            })
    }
}

extension ProbeReport {
    /// The detail with the beginning of the answer's body.
    var sentence: String {
        guard let body, !body.isEmpty else { return detail }
        return "\(detail): \(body.prefix(120))"
    }
}
