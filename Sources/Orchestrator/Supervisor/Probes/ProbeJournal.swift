import StateDirectory

/// What probes have said since it was last written to state.db: the newest five of each instance and kind, so that a
/// thousand answers a second need no more than some rows every few seconds.
struct ProbeJournal {
    /// The longest that an answer which is no news stays unwritten, in ms.
    static let patience: Int64 = 5_000

    private struct Source: Hashable {
        let instance: InstanceID
        let kind: ProbeReport.Kind
    }
    private var reports: [Source: [ProbeReport]] = [:]
    /// A time has been set at which everything is to be written.
    var isScheduled = false

    mutating func add(_ report: ProbeReport, of instance: InstanceID) {
        let source = Source(instance: instance, kind: report.kind)
        var kept = reports.removeValue(forKey: source) ?? []
        if kept.count == ProbeReport.keptResults { kept.removeFirst() }
        kept.append(report)
        reports[source] = kept
    }

    /// Everything, as a change to be written; empty afterwards.
    mutating func takeAll() -> [StateWriter.Change] {
        defer { reports = [:] }
        return reports.map { .probes($0.key.instance, $0.value) }
    }

    /// What one instance's probes have said.
    mutating func take(_ instance: InstanceID) -> [StateWriter.Change] {
        let kinds: [ProbeReport.Kind] = [.startup, .readiness, .liveness]
        return kinds.compactMap { kind in
            reports.removeValue(forKey: Source(instance: instance, kind: kind)).map { .probes(instance, $0) }
        }
    }
}
