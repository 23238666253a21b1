import Dispatch
import Foundation
import GRDB
import Manifest
import StateDirectory
import Synchronization

/// The one writer of `state.db`, the daemon's. Changes are queued in order and written by a thread of their own, as many as
/// there are in one transaction: nothing that supervises waits for a disk.
package final class StateWriter: Sendable {
    package enum Change: Sendable {
        case instance(InstanceStatus)
        case forget(InstanceID)
        case runStarted(InstanceID, run: Int, pid: Int32?, time: Int64)
        case runEnded(InstanceID, run: Int, ExitStatus, time: Int64)
        case event(String, InstanceID, run: Int, detail: String?, time: Int64)
        /// One thing that a next daemon must know, as JSON; nil forgets it.
        case fact(String, String?)
        /// Results of one instance's probes of one kind, oldest first.
        case probes(InstanceID, [ProbeReport])
    }

    private let database: DatabaseQueue
    private let thread = DispatchQueue(label: "state.db")
    private struct Queue {
        var changes: [Change] = []
        var isScheduled = false
    }

    /// Events older than the newest so many are forgotten, and runs of an instance likewise: a crash loop that lasts for
    /// weeks must not fill a disk.
    private static let keptEvents = 10_000
    private static let keptRuns = 1_000

    private let queue = Mutex(Queue())
    private let report: @Sendable (StateError) -> Void
    private let layout: StateLayout

    /// Opens or makes the database. `report` hears of a write that failed; its changes are tried again with the next.
    package init(layout: StateLayout, report: @escaping @Sendable (StateError) -> Void) throws(StateError) {
        self.report = report
        self.layout = layout
        do {
            database = try StateDatabase.open(layout.database, readonly: false)
            try StateDatabase.migrator.migrate(database)
            StateBell.ring(layout)
        } catch {
            throw .database("\(error)")
        }
    }

    /// Stores what is wanted, before anything is done about it.
    package func setDesired(_ project: Project) throws(StateError) {
        do {
            let text = String(decoding: try JSONEncoder().encode(project), as: UTF8.self)
            try database.write { db in
                try db.execute(
                    sql: "INSERT OR REPLACE INTO desired (id, project, name) VALUES (1, ?, ?)",
                    arguments: [text, project.name])
            }
        } catch {
            throw .database("\(error)")
        }
    }

    /// Queues changes, to be written soon and in order.
    package func enqueue(_ changes: [Change]) {
        if changes.isEmpty { return }
        let isFirst = queue.withLock { queue in
            defer { queue.isScheduled = true }
            queue.changes += changes
            return !queue.isScheduled
        }
        if isFirst { thread.async { self.drain() } }
    }

    /// Returns when everything queued so far is written.
    package func flush() async {
        await withCheckedContinuation { continuation in
            thread.async {
                self.drain()
                continuation.resume()
            }
        }
    }

    /// Writes everything queued so far before it returns: for requests, which are written down before they are answered.
    package func flushNow() { thread.sync { drain() } }

    private func drain() {
        let changes = queue.withLock { queue in
            defer { queue = Queue() }
            return queue.changes
        }
        guard !changes.isEmpty else { return }
        do {
            try database.write { db in
                for change in changes {
                    do {
                        try Self.write(change, db)
                    } catch let error as EncodingError {
                        // Another try would come to the same, and keep what comes after it from being written.
                        report(.database("left out: \(error)"))
                    }
                }
            }
            StateBell.ring(layout)
        } catch {
            queue.withLock { $0.changes = changes + $0.changes }
            report(.database("\(error)"))
        }
    }

    private static func write(_ change: Change, _ db: Database) throws {
        switch change {
        case .instance(let status):
            try insert(status, db)
        case .forget(let instance):
            try db.execute(sql: "DELETE FROM instances WHERE instance = ?", arguments: [instance.description])
            try db.execute(sql: "DELETE FROM probes WHERE instance = ?", arguments: [instance.description])
        case .runStarted(let instance, let run, let pid, let time):
            try db.execute(
                sql: "INSERT OR REPLACE INTO runs (instance, run, pid, started) VALUES (?, ?, ?, ?)",
                arguments: [instance.description, run, pid, time])
        case .runEnded(let instance, let run, let exit, let time):
            // A daemon that was killed may not have come to write down that the run began.
            try db.execute(
                sql: """
                    INSERT INTO runs (instance, run, started, ended, exit) VALUES (?1, ?2, ?3, ?3, ?4)
                    ON CONFLICT (instance, run) DO UPDATE SET ended = excluded.ended, exit = excluded.exit
                    """,
                arguments: [instance.description, run, time, try json(exit)])
            try db.execute(
                sql: "DELETE FROM runs WHERE instance = ? AND run <= ?",
                arguments: [instance.description, run - keptRuns])
        case .probes(let instance, let reports): try write(reports, of: instance, db)
        case .event(let event, let instance, let run, let detail, let time):
            try db.execute(
                sql: """
                    INSERT INTO events (time, event, service, instance, run, detail) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [time, event, instance.service, instance.description, run, detail])
            if db.lastInsertedRowID.isMultiple(of: 1_000) {
                try db.execute(
                    sql: "DELETE FROM events WHERE seq <= ?", arguments: [db.lastInsertedRowID - Int64(keptEvents)])
            }
        case .fact(let name, let value?):
            try db.execute(
                sql: "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", arguments: [name, value])
        case .fact(let name, nil):
            try db.execute(sql: "DELETE FROM facts WHERE name = ?", arguments: [name])
        }
    }

    private static let insertion = """
        INSERT OR REPLACE INTO instances (\(InstanceColumns.names.joined(separator: ", ")), status)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static func insert(_ status: InstanceStatus, _ db: Database) throws {
        try db.cachedStatement(sql: insertion).execute(arguments: [
            status.instance.description, status.state.rawValue, status.run, status.health.rawValue, status.pid,
            status.port.map { Int64($0) }, status.since, status.restarts, status.exit.map(InstanceColumns.text),
            status.reason, InstanceColumns.Flags(status).rawValue, try json(status),
        ])
    }

    /// A value for ``Change/fact(_:_:)``.
    package static func encoded(_ value: some Encodable) throws -> String { try json(value) }

    /// Adds results and forgets all but the newest of their kind.
    private static func write(_ reports: [ProbeReport], of instance: InstanceID, _ db: Database) throws {
        guard let kind = reports.last?.kind.rawValue else { return }
        let instance = instance.description
        let insertion = try db.cachedStatement(
            sql: """
                INSERT INTO probes (\(ProbeColumns.names.joined(separator: ", "))) VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        for report in reports where report.latencyMilliseconds.isFinite {
            try insertion.execute(arguments: [
                instance, kind, report.time, report.outcome.rawValue,
                Int64((report.latencyMilliseconds * 1000).rounded()),
                report.detail, report.body,
            ])
        }
        try db.cachedStatement(
            sql: """
                DELETE FROM probes WHERE instance = ?1 AND kind = ?2 AND id <= (
                    SELECT id FROM probes WHERE instance = ?1 AND kind = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)
                """
        ).execute(arguments: [instance, kind, ProbeReport.keptResults])
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
