import CLinux
import ProcessTable
import StateDirectory

/// Signals to processes of one project, by pidfd: never to one that has taken a dead one's number.
final class FaultInjection {
    private let layout: StateLayout
    private let audit: ProjectAudit
    private var counts: [String: Int] = [:]

    init(_ layout: StateLayout, _ audit: ProjectAudit) {
        self.layout = layout
        self.audit = audit
    }

    /// How often what was killed.
    var summary: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key) killed" }.joined(separator: ", ")
    }

    func count(_ what: String) { counts[what, default: 0] += 1 }

    /// Does nothing when there is nobody to do it to.
    func inject(_ fault: ChaosStep.Fault, _ dice: inout ChaosDice) {
        switch fault {
        case .killDaemon: killDaemon()
        case .killDaemonShim: killDaemonShim()
        case .killDaemonAndShim:
            killDaemonShim()
            killDaemon()
        case .killShim: killShim(&dice)
        case .signalService(let signal): signalService(signal, &dice)
        case .killDescendant: killDescendant(&dice)
        }
    }

    private func killDaemon() {
        let reader = StateReader(layout: layout)
        guard case .running(let pid, _) = reader.daemon() else { return }
        send(SIGKILL, to: pid, "daemon") { if case .running(pid, _) = reader.daemon() { true } else { false } }
    }

    private func killDaemonShim() {
        let lock = layout.daemonShimLock
        guard let shim = ShimProcesses(lock: lock)?.shim else { return }
        send(SIGKILL, to: shim, "daemon's shim") { FileLock.isHeld(lock) && ShimProcesses(lock: lock)?.shim == shim }
    }

    private func killShim(_ dice: inout ChaosDice) {
        guard let (run, processes) = anyRun(&dice) else { return }
        audit.killedShims.insert(run.name)
        send(SIGKILL, to: processes.shim, "shim") { run.isAlive && run.processes == processes }
    }

    private func signalService(_ signal: Int32, _ dice: inout ChaosDice) {
        guard let (run, processes) = anyRun(&dice) else { return }
        send(signal, to: processes.service, "service") { self.isMarked(processes.service, run) }
    }

    private func killDescendant(_ dice: inout ChaosDice) {
        let candidates = ProcessTable.marked(by: layout.root).filter { process in
            guard let run = runs.first(where: { $0.name == process.run }), let known = run.processes else {
                return false
            }
            return process.pid != known.shim && process.pid != known.service
        }
        guard !candidates.isEmpty else { return }
        let victim = dice.pick(candidates)
        send(SIGKILL, to: victim.pid, "descendant") {
            ProcessTable.marked(by: self.layout.root, run: victim.run).contains { $0.pid == victim.pid }
        }
    }

    private var runs: [RunDirectory] {
        layout.instances.compactMap { layout.allRuns(of: $0).last { $0.isAlive } }
    }

    private func anyRun(_ dice: inout ChaosDice) -> (RunDirectory, ShimProcesses)? {
        let living = runs
        guard !living.isEmpty else { return nil }
        let run = dice.pick(living)
        return run.processes.map { (run, $0) }
    }

    private func isMarked(_ pid: Int32, _ run: RunDirectory) -> Bool {
        ProcessTable.marked(by: layout.root, run: run.name).contains { $0.pid == pid }
    }

    /// `isStillIt` is asked after the pidfd was opened.
    private func send(_ signal: Int32, to pid: Int32, _ what: String, if isStillIt: () -> Bool) {
        guard pid > 1 else { return }
        let descriptor = clinux_pidfd_open(pid)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard isStillIt(), clinux_pidfd_signal(descriptor, signal) == 0 else { return }
        count(what)
    }
}
