import Manifest
import StateDirectory
import SystemPackage

/// Probes of instances: which is asked when, and what its answers mean for the instance.
extension Supervisor {
    func makeProbes() -> ProbeEngine {
        let send: @Sendable (ProbeTicket, ProbeSignal) -> Void = { [weak self] ticket, signal in
            self?.assumeIsolated { $0.probeSignal(ticket, signal) }
        }
        return ProbeEngine(
            loop: loop, send: send, post: { [loop] ticket, signal in loop.soon { send(ticket, signal) } },
            logsChanged: { [weak self] in self?.assumeIsolated { $0.probes.readLogChanges() } })
    }

    func startStartupProbe(_ id: InstanceID) {
        begin(.startup, of: id) { HealthJudge($0, startedAt: Time.monotonic) }
    }

    func startReadinessProbe(_ id: InstanceID) {
        begin(.readiness, of: id) { HealthJudge($0, startedAt: Time.monotonic) }
    }

    func startLivenessProbe(_ id: InstanceID) {
        begin(.liveness, of: id) { HealthJudge($0, startedAt: Time.monotonic, pace: .steady) }
    }

    func stopProbes(_ id: InstanceID) {
        for number in instances[id]?.probes ?? [] { probes.end(number) }
        instances[id]?.probes = []
        writeDown(journal.take(id))
    }

    /// Goes on with the probes of a run that a daemon before this one began: its start period began with the run.
    func resumeProbes(_ id: InstanceID, _ status: InstanceStatus) {
        let age = status.state == .starting ? max(0, Time.wall - status.since) : 0
        let startedAt = Time.monotonic - age
        if status.state == .starting, status.awaits == .startup {
            begin(.startup, of: id, isAdopted: true) { HealthJudge($0, startedAt: startedAt) }
            return
        }
        let isUp = status.state == .running
        let known: HealthJudge.Verdict? =
            status.health == .healthy ? .healthy : status.health == .unhealthy ? .unhealthy : nil
        begin(.readiness, of: id, isAdopted: true) {
            HealthJudge($0, startedAt: startedAt, everHealthy: isUp, verdict: known)
        }
        // A startup probe that has passed has let liveness begin.
        guard isUp || instances[id]?.service.startup != nil else { return }
        begin(.liveness, of: id, isAdopted: true) {
            HealthJudge($0, startedAt: startedAt, pace: .steady, everHealthy: isUp)
        }
    }

    private func begin(
        _ kind: ProbeReport.Kind, of id: InstanceID, isAdopted: Bool = false, judge: (Probe) -> HealthJudge
    ) {
        guard let instance = instances[id], let spec = instance.spec, let probe = instance.service.probe(kind) else {
            return
        }
        // A line that was there stays.
        if kind == .readiness, isAdopted, instance.machine.health == .healthy, case .log = probe.check { return }
        let subject = ProbeSubject(
            run: layout.run(instance.run, of: id), kind: kind, probe: probe, port: probe.port ?? spec.port,
            shim: instance.shim?.pid ?? 0, environment: spec.environment, workingDirectory: spec.workingDirectory,
            wrapper: probeWrapper(spec), isAdopted: isAdopted)
        instances[id]?.probes.append(probes.begin(subject, judge(probe)))
    }

    private func probeWrapper(_ spec: LaunchSpec) -> [String] {
        guard let options = spec.attributes?.shimOptions, !options.isEmpty else { return [] }
        return [shimProgram.string, "--exec"] + options + [spec.workingDirectory, "--"]
    }

    private func probeSignal(_ ticket: ProbeTicket, _ signal: ProbeSignal) {
        guard let news = probes.handle(ticket, signal) else { return }
        let id = news.run.instance
        guard let instance = instances[id], instance.run == news.run.run, instance.machine.state.isAlive else { return }
        instances[id]?.tallies[news.kind, default: ProbeTally()].add(news.report)
        let isOther = instances[id]?.answers.post(news.report) ?? false
        journal.add(news.report, of: id)
        if isOther { writeDown(journal.take(id)) } else { scheduleJournal() }
        if let event = news.event {
            deliver(event, to: id)
        } else if isOther {
            publish(id)
        }
    }

    /// Writes what is no news together, so that state.db is written every few seconds however much is asked.
    private func scheduleJournal() {
        guard !journal.isScheduled else { return }
        journal.isScheduled = true
        _ = loop.at(Time.monotonic + ProbeJournal.patience) { [weak self] in self?.assumeIsolated { $0.writeJournal() }
        }
    }

    private func writeJournal() {
        journal.isScheduled = false
        writeDown(journal.takeAll())
    }
}

extension ProbeNews {
    /// What the verdict means for the instance; nil when there is none or it means nothing.
    fileprivate var event: InstanceEvent? {
        switch (kind, verdict) {
        case (_, nil), (.liveness, .healthy): nil
        case (.startup, .healthy): .startedUp
        case (.startup, .unhealthy): .startupFailed(report.sentence)
        case (.readiness, .healthy): .becameHealthy
        case (.readiness, .unhealthy): .becameUnhealthy(report.sentence)
        case (.liveness, .unhealthy): .livenessLost(report.sentence)
        }
    }
}

extension Service {
    fileprivate func probe(_ kind: ProbeReport.Kind) -> Probe? {
        switch kind {
        case .startup: startup
        case .readiness: healthcheck
        case .liveness: liveness
        }
    }
}
