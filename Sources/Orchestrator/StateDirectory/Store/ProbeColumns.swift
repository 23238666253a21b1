/// The table `probes`: a row for each of the last results, oldest first.
package enum ProbeColumns {
    package static let names = ["instance", "kind", "time", "outcome", "microseconds", "detail", "body"]

    static let select = "SELECT \(names.joined(separator: ", ")) FROM probes ORDER BY id DESC"

    /// The row of ``select``; nil for one that makes no sense, such as an outcome that only a newer daemon knows.
    static func report(_ row: StateQuery.Row) throws(StateError) -> (InstanceID, ProbeReport)? {
        guard let instance = row.text(0).flatMap({ InstanceID($0) }),
            let kind = row.text(1).flatMap(ProbeReport.Kind.init), let time = row.integer(2),
            let outcome = row.text(3).flatMap(ProbeReport.Outcome.init), let microseconds = row.integer(4),
            let detail = row.text(5)
        else { return nil }
        var report = ProbeReport(
            time: time, outcome: outcome, latencyMilliseconds: Double(microseconds) / 1000, detail: detail,
            body: row.text(6))
        report.kind = kind
        return (instance, report)
    }
}
