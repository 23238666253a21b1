import Foundation
import GRDB
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
        let rows = try storedStatuses()
        let daemon = daemon()
        return rows.map { current($0, daemon: daemon) }.sorted { $0.instance < $1.instance }
    }

    /// The rows as the daemon wrote them, unchecked; what a new daemon starts from.
    package func storedStatuses() throws(StateError) -> [InstanceStatus] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT status FROM instances").map {
                try JSONDecoder().decode(InstanceStatus.self, from: Data($0.utf8))
            }
        } ?? []
    }

    /// The project as the last `up` stored it; nil before the first.
    package func project() throws(StateError) -> Project? {
        try read { db in
            try String.fetchOne(db, sql: "SELECT project FROM desired WHERE id = 1").map {
                try JSONDecoder().decode(Project.self, from: Data($0.utf8))
            }
        } ?? nil
    }

    /// The start-first replacements of the last requests, ended ones included.
    package func rollouts() throws(StateError) -> [Rollout] { try fact("rollouts") ?? [] }

    /// The process that `up --attach` tied everything to.
    package func attachedProcess() throws(StateError) -> ProcessReference? { try fact("attached") }

    private func fact<Value: Decodable & Sendable>(_ name: String) throws(StateError) -> Value? {
        try read { db in
            guard try db.tableExists("facts") else { return nil }
            return try String.fetchOne(db, sql: "SELECT value FROM facts WHERE name = ?", arguments: [name]).map {
                try JSONDecoder().decode(Value.self, from: Data($0.utf8))
            }
        } ?? nil
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

    private func read<Value: Sendable>(_ body: (Database) throws -> Value) throws(StateError) -> Value? {
        guard (try? FileDescriptor.open(layout.database, .readOnly).close()) != nil else { return nil }
        do {
            return try StateDatabase.open(layout.database, readonly: true).read { db in
                guard try db.tableExists("instances") else { return nil }
                return try body(db)
            }
        } catch {
            throw .database("\(error)")
        }
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
