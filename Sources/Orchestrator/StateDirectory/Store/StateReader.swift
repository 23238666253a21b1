import FoundationEssentials
import Manifest
import SystemPackage

/// Reads the state directory from outside the daemon, whether it runs or not.
///
/// Rows of `state.db` are what the daemon last knew. Each one that claims a living process is held against the run's lock,
/// so that nothing dead is called running when the daemon was killed.
package struct StateReader: Sendable {
    package let layout: StateLayout

    package init(layout: StateLayout) { self.layout = layout }

    /// Every instance the project has, in order.
    package func statuses() throws(StateError) -> [InstanceStatus] {
        let rows = try read([]) { query throws(StateError) in
            try query.rows(InstanceColumns.select, [], InstanceColumns.status)
        }
        .compactMap { $0 }
        let daemon = daemon()
        return rows.map { current($0, daemon: daemon) }.sorted { $0.instance < $1.instance }
    }

    /// As ``statuses()``, with everything that is known of each: probes, restarts, the next start.
    package func wholeStatuses() throws(StateError) -> [InstanceStatus] {
        let daemon = daemon()
        return try storedStatuses().map { current($0, daemon: daemon) }.sorted { $0.instance < $1.instance }
    }

    /// The statuses as the daemon wrote them, unchecked and whole; what a new daemon starts from.
    package func storedStatuses() throws(StateError) -> [InstanceStatus] {
        try read([]) { query throws(StateError) in
            try query.rows("SELECT status FROM instances") { row throws(StateError) in
                try Self.decoded(InstanceStatus.self, row.text(0))
            }
        }
    }

    /// The project as the last `up` stored it; nil before the first, and when it was stored by a msctl of another version
    /// that says it otherwise: the next `up` says it anew, and until then what runs is looked after as it is.
    package func project() throws(StateError) -> Project? {
        try read([]) { query throws(StateError) in
            try query.rows("SELECT project FROM desired WHERE id = 1") { row in
                try? Self.decoded(Project.self, row.text(0))
            }
        }.first ?? nil
    }

    /// The project's name alone.
    package func projectName() throws(StateError) -> String? {
        try read([]) { query throws(StateError) in
            try query.rows("SELECT name FROM desired WHERE id = 1") { $0.text(0) }
        }.first ?? nil
    }

    /// The start-first replacements of the last requests, ended ones included.
    package func rollouts() throws(StateError) -> [Rollout] { try fact("rollouts") ?? [] }

    /// The process that `up --attach` tied everything to.
    package func attachedProcess() throws(StateError) -> ProcessReference? { try fact("attached") }

    /// The parent of the daemon that was asked to take everything down and to end; nil when something else is wanted.
    package func takenDown() throws(StateError) -> ProcessReference? { try fact("down") }

    /// The id of the last request to restart.
    package func lastRestart() throws(StateError) -> String? { try (fact("restart") as [String?]?)?.first ?? nil }

    private func fact<Value: Decodable>(_ name: String) throws(StateError) -> Value? {
        try read([]) { query throws(StateError) in
            try query.rows("SELECT value FROM facts WHERE name = ?", [.text(name)]) { row throws(StateError) in
                try Self.decoded(Value.self, row.text(0))
            }
        }.first
    }

    package static func decoded<Value: Decodable>(_ type: Value.Type, _ json: String?) throws(StateError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data((json ?? "").utf8))
        } catch {
            throw .database("a \(type) that cannot be read: \(error)")
        }
    }

    /// The last results of each instance's probes, newest first, at most ``ProbeReport/keptResults`` of each kind. They come
    /// to disk when they change, and otherwise within five seconds.
    package func probes() throws(StateError) -> [InstanceID: [ProbeReport]] {
        let rows = try read([]) { query throws(StateError) in
            try query.rows(ProbeColumns.select, [], ProbeColumns.report)
        }
        var reports: [InstanceID: [ProbeReport]] = [:]
        for case let (instance, report)? in rows { reports[instance, default: []].append(report) }
        return reports.mapValues { $0.sorted { $0.time > $1.time } }
    }

    package func endpoints() throws(StateError) -> Endpoints { try Endpoints.read(layout) }

    package func daemon() -> DaemonPresence {
        guard FileLock.isHeld(layout.daemonLock), let bytes = (try? AtomicFile.read(layout.daemonLock)) ?? nil else {
            return FileLock.isHeld(layout.daemonShimLock) ? .returning : .absent
        }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let pid = Int32(words[0]), let since = Int64(words[1]) else { return .returning }
        return .running(pid: pid, since: since)
    }

    /// A stored status, corrected by the disk.
    private func current(_ stored: InstanceStatus, daemon: DaemonPresence) -> InstanceStatus {
        var status = stored
        if !daemon.isRunning, let newest = layout.allRuns(of: stored.instance).last, newest.run > stored.run {
            status.run = newest.run
            status.pid = newest.processes?.service
            if newest.isAlive { status.state = .running }
        }
        guard status.state.isAlive || status.run != stored.run else {
            if daemon == .absent, status.state == .backoff || status.state == .waiting {
                status.reason = "msctld is not running; 'msctl up' goes on"
            }
            return status
        }
        let run = layout.run(status.run, of: status.instance)
        if run.isAlive { return status }
        // A run that is being started has no lock yet; only the daemon can tell.
        if daemon.isRunning, status.pid == nil { return status }
        status.state = .exited
        status.health = .none
        status.pid = nil
        status.exit = run.exit?.status ?? .unknown
        status.since = run.exit?.time ?? status.since
        if daemon == .absent { status.reason = "ended while msctld was not running; 'msctl up' starts it again" }
        return status
    }

    /// What `body` reads; `absent` when there is no database yet.
    package func read<Value>(
        _ absent: Value, _ body: (borrowing StateQuery) throws(StateError) -> Value
    ) throws(StateError) -> Value {
        guard let query = try StateQuery(layout.database) else { return absent }
        return try body(query)
    }
}

/// Whether a daemon looks after the project, by its lock.
package enum DaemonPresence: Sendable, Hashable {
    /// `since` in milliseconds since 1970.
    case running(pid: Int32, since: Int64)
    /// Killed a moment ago, or just starting: its shim sees to it.
    case returning
    case absent

    package var isRunning: Bool {
        if case .running = self { true } else { false }
    }
}
