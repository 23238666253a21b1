import LogStore
import StateDirectory

/// What is known of an instance that did not become ready, as lines to show beside a failure: its state, its last probe and
/// the last it said.
enum FailureBlock {
    static func lines(_ status: InstanceStatus, said: [String]) -> [String] {
        ["\(status.instance)  \(status.state.rawValue)" + (status.why.map { ": \($0)" } ?? "")]
            + (status.probe.map(lines) ?? []) + lines(said: said)
    }

    /// With the last 10 lines of its run's logs. Reads files.
    static func lines(_ status: InstanceStatus, in layout: StateLayout) -> [String] {
        lines(status, said: status.run > 0 ? said(layout.run(status.run, of: status.instance)) : [])
    }

    /// The extra instance of a rollout that has failed, which may be gone already: what was last seen of its probe, and the
    /// last it said. Why it failed is the rollout's to tell.
    static func lines(ofSurge surge: InstanceID, _ watched: WatchedInstances, in layout: StateLayout) -> [String] {
        let probe = watched.surges[surge]?.probe.map(lines) ?? []
        let said = layout.allRuns(of: surge).last.map(said) ?? []
        let all = probe + lines(said: said)
        return all.isEmpty ? [] : ["\(surge)"] + all
    }

    private static func lines(_ probe: ProbeReport) -> [String] {
        guard probe.outcome != .passed else { return [] }
        let time = TimeText.decimal(probe.latencyMilliseconds, places: 1)
        let body = probe.body.map { Table.Cell($0).text } ?? ""
        return ["  last probe: \(Table.Cell(probe.detail).text) (\(time) ms)"] + (body.isEmpty ? [] : ["    " + body])
    }

    private static func lines(said: [String]) -> [String] {
        said.isEmpty ? [] : ["  last lines:"] + said.map { "    " + $0 }
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
