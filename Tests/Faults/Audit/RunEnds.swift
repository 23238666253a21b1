import Foundation
import GRDB
import StateDirectory
import SystemPackage

/// How runs ended, as state.db has it.
struct RunEnds {
    private var ends: [String: ExitStatus] = [:]

    /// - Throws: when state.db cannot be read.
    init(_ layout: StateLayout) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let rows = try DatabaseQueue(path: layout.database.string, configuration: configuration).read { db in
            try Row.fetchAll(db, sql: "SELECT instance, run, exit FROM runs WHERE exit IS NOT NULL")
        }
        for row in rows {
            let exit = try JSONDecoder().decode(ExitStatus.self, from: Data((row["exit"] as String).utf8))
            ends["\(row["instance"] as String)/\(row["run"] as Int)"] = exit
        }
    }

    /// By the run's name, `SERVICE.REPLICA/RUN`; nil when its end was never written down.
    subscript(_ run: String) -> ExitStatus? { ends[run] }
}

/// Swift Testing has one of its own.
typealias ExitStatus = StateDirectory.ExitStatus
