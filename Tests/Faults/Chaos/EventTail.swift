import GRDB
import StateDirectory
import SystemPackage

/// The last events of a project, for the report of a failure.
enum EventTail {
    static func read(_ layout: StateLayout) -> [String] {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let rows = try DatabaseQueue(path: layout.database.string, configuration: configuration).read { db in
                try Row.fetchAll(db, sql: "SELECT * FROM events ORDER BY seq DESC LIMIT 60")
            }
            return rows.reversed().map { row in
                "\(row["time"] as Int64) \(row["instance"] as String)/\(row["run"] as Int) \(row["event"] as String) "
                    + "\(row["detail"] as String? ?? "")"
            }
        } catch {
            return ["state.db cannot be read: \(error)"]
        }
    }
}
