import StateDirectory

/// The last answer of each of a run's probes.
struct ProbeBoard: Hashable {
    private var last: [ProbeReport.Kind: ProbeReport] = [:]

    init(_ report: ProbeReport? = nil) {
        if let report { last[report.kind] = report }
    }

    /// Takes an answer; true when that probe said something else before.
    mutating func post(_ report: ProbeReport) -> Bool {
        let before = last.updateValue(report, forKey: report.kind)
        return before?.outcome != report.outcome
    }

    /// The one to be shown: the newest that did not pass, if there is one.
    var shown: ProbeReport? {
        last.values.max { a, b in
            (a.outcome != .passed ? 1 : 0, a.time) < (b.outcome != .passed ? 1 : 0, b.time)
        }
    }
}
