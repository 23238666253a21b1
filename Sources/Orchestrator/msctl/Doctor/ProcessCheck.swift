import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// Processes that should be there and are not, that are there and should not be, and ports in other hands.
struct ProcessCheck {
    let layout: StateLayout
    let project: Project?

    func findings() throws(CommandFailure) -> [Finding] {
        let reader = StateReader(layout: layout)
        let stored = try CommandFailure.reading { () throws(StateError) in try reader.storedStatuses() }
        let marked = ProcessTable.marked(by: layout.root)
        return gone(stored) + strays(marked, stored) + ports(marked, stored)
    }

    /// The kernel lets go of a run's lock when its shim is gone; a daemon that lives has seen that a moment later.
    private func gone(_ stored: [InstanceStatus]) -> [Finding] {
        let claimed = stored.filter { $0.state.isAlive && $0.pid != nil }
        let gone = claimed.filter { !layout.run($0.run, of: $0.instance).isAlive }
        guard !gone.isEmpty else {
            return claimed.isEmpty ? [] : [.ok("instances", "\(claimed.count) run as they are said to")]
        }
        return gone.map { status in
            .fail(
                "instances", "\(status.instance) is said to run as process \(status.pid ?? 0), which is gone",
                "msctl up")
        }
    }

    private func strays(_ marked: [MarkedProcess], _ stored: [InstanceStatus]) -> [Finding] {
        let strays = marked.filter { process in
            guard let slash = process.run.lastIndex(of: "/"), let instance = InstanceID(process.run[..<slash]),
                let run = Int(process.run[process.run.index(after: slash)...])
            else { return true }
            return !layout.run(run, of: instance).isAlive || !stored.contains { $0.instance == instance }
        }
        guard !strays.isEmpty else {
            return marked.isEmpty ? [] : [.ok("processes", "\(marked.count) of the project, each under its shim")]
        }
        return strays.map { process in
            .fail(
                "processes",
                "process \(process.pid) of \(process.run) runs and nobody looks after it: \(process.command)",
                "kill \(process.pid), or 'msctl down', which ends all that is left of the project")
        }
    }

    /// Ports that the manifests name, and somebody else has.
    private func ports(_ marked: [MarkedProcess], _ stored: [InstanceStatus]) -> [Finding] {
        var findings: [Finding] = []
        var free = 0
        let ours = Set(marked.map(\.pid)).union(stored.compactMap(\.pid).flatMap { ProcessTable.tree(of: $0) })
            .union(layout.daemonProcesses)
        for service in project?.services ?? [] {
            guard case .fixed(let port) = service.ports.first else { continue }
            if let intruder = ProcessTable.intruder(on: port, meantFor: ours) {
                let who = intruder.owner.map { "process \($0.pid): \($0.command)" } ?? "a process of another user"
                findings.append(
                    .fail(
                        "ports", "port \(port) of \(service.name) is held by \(who)",
                        "end it, or give \(service.name) another port"))
            } else {
                free += 1
            }
        }
        guard findings.isEmpty else { return findings }
        return free == 0 ? [] : [.ok("ports", "\(free) declared, none in other hands")]
    }
}
