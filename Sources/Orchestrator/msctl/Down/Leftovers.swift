import Glibc
import ProcessTable
import StateDirectory
import SystemPackage

/// What of a project is still there after `down`: the proof that nothing is, or its names.
struct Leftovers {
    struct Process: Hashable {
        let pid: Int32
        /// `web.1/4`.
        let owner: String
        /// Program and arguments.
        let command: String
    }
    let processes: [Process]
    /// Ports of the project that one of its own processes holds.
    let ports: [(port: UInt16, owner: PortOwner)]
    let sockets: [FilePath]
    /// What was looked for.
    let footprint: ProjectFootprint

    /// Looks for processes in four ways: by the project's mark in their environment, by the sessions of the runs, and one by
    /// one for those that were seen in a run's tree or marked before; for ports, for the control socket, and for sockets
    /// that services were handed.
    ///
    /// - Parameter services: only what belongs to these; everything for none.
    static func now(
        _ layout: StateLayout, _ footprint: ProjectFootprint, services: [String] = []
    ) -> Leftovers {
        var owners: [Int32: String] = [:]
        for process in ProcessTable.marked(by: layout.root)
        where services.isEmpty || services.contains(process.service) {
            owners[process.pid] = process.run
        }
        for (pid, known) in footprint.processes where owners[pid] == nil && known.isStill(pid) {
            owners[pid] = known.owner
        }
        // While anyone is left in a session its number is not given out again: another leader means another session.
        let sessions = footprint.sessions.filter { session, known in
            ProcessTable.stat(of: session).map { $0.startTicks == known.startTicks } ?? true
        }
        for (pid, session) in ProcessTable.members(ofSessions: Set(sessions.keys)) where owners[pid] == nil {
            owners[pid] = sessions[session]?.owner
        }
        let processes = owners.sorted { $0.key < $1.key }.map { pid, owner in
            Process(pid: pid, owner: owner, command: ProcessTable.command(of: pid) ?? "?")
        }
        let held = footprint.ports.sorted().compactMap { port in
            ProcessTable.portOwner(port).flatMap { owners[$0.pid] == nil ? nil : (port, $0) }
        }
        let sockets = (services.isEmpty ? [layout.controlSocket] : []) + footprint.sockets
        return Leftovers(
            processes: processes, ports: held, sockets: sockets.filter { access($0.string, F_OK) == 0 },
            footprint: footprint)
    }

    var isEmpty: Bool { processes.isEmpty && ports.isEmpty && sockets.isEmpty }

    /// `1 process, 0 ports, 0 sockets left`.
    var summary: String {
        Self.count(processes.count, "process", "processes") + ", " + Self.count(ports.count, "port", "ports") + ", "
            + Self.count(sockets.count, "socket", "sockets") + " left"
    }

    /// What was looked for: `12 processes in 4 sessions, 4 ports, 1 socket`.
    var checked: String {
        Self.count(footprint.processes.count, "process", "processes") + " in "
            + Self.count(footprint.sessions.count, "session", "sessions") + ", "
            + Self.count(footprint.ports.count, "port", "ports") + ", "
            + Self.count(footprint.sockets.count + 1, "socket", "sockets")
    }

    var lines: [String] {
        processes.map { "process \($0.pid) of \($0.owner): \($0.command)" }
            + ports.map { "port \($0.port), held by process \($0.owner.pid): \($0.owner.command)" }
            + sockets.map { "socket \($0)" }
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}

extension ProjectFootprint.Known {
    /// Whether the process of that number is this one, and lives.
    fileprivate func isStill(_ pid: Int32) -> Bool {
        guard let stat = ProcessTable.stat(of: pid) else { return false }
        return stat.startTicks == startTicks && stat.state != "Z"
    }
}
