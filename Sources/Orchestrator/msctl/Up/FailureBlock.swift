import LogStore
import StateDirectory

/// What is known of an instance that did not become ready, as lines to show beside a failure: its state, its last probe and
/// the last it said.
enum FailureBlock {
    static func lines(_ status: InstanceStatus, said: [String]) -> [String] {
        var lines = ["\(status.instance)  \(status.state.rawValue)" + (status.why.map { ": \($0)" } ?? "")]
        if let probe = status.probe, probe.outcome != .passed {
            lines.append("  last probe: \(probe.detail) (\(TimeText.decimal(probe.latencyMilliseconds, places: 1)) ms)")
            if let body = probe.body, !body.isEmpty { lines.append("    " + Table.Cell(body).text) }
        }
        if !said.isEmpty {
            lines.append("  last lines:")
            lines += said.map { "    " + $0 }
        }
        return lines
    }

    /// With the last 10 lines of its run's logs. Reads files.
    static func lines(_ status: InstanceStatus, in layout: StateLayout) -> [String] {
        lines(status, said: status.run > 0 ? said(layout.run(status.run, of: status.instance)) : [])
    }

    /// The extra instance of a rollout that has failed: as it was before it was told to stop, or, when nobody has seen it,
    /// what its last run has said.
    static func lines(ofSurge surge: InstanceID, _ watched: WatchedInstances, in layout: StateLayout) -> [String] {
        if let status = watched.surges[surge] { return lines(status, in: layout) }
        guard let run = layout.allRuns(of: surge).last else { return [] }
        let said = said(run)
        return said.isEmpty ? [] : ["\(surge)", "  last lines:"] + said.map { "    " + $0 }
    }

    private static func said(_ run: RunDirectory) -> [String] {
        do {
            return try LogTail.last(10, of: run).map { Table.Cell($0.message).text }
        } catch {
            // Beside a failure, not instead of it.
            return ["(the logs cannot be read: \(error))"]
        }
    }
}
