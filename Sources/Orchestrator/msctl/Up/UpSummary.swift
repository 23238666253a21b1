import StateDirectory

/// The one line at the end: what is up, where, and how long it took.
struct UpSummary {
    let project: String
    let statuses: [InstanceStatus]
    /// Of the service that the others are reached through.
    let url: String?
    let elapsed: Duration
    let isUnchanged: Bool

    var text: String {
        let running = statuses.filter { $0.state == .running }.count
        let done = statuses.count - running
        var parts = ["\(project): \(running) \(running == 1 ? "instance" : "instances") up"]
        if done > 0 { parts.append("\(done) done") }
        let what = parts.joined(separator: ", ") + (url.map { " at \($0)" } ?? "")
        return isUnchanged ? "\(what); nothing to do" : "\(what) in \(TimeText.elapsed(elapsed))"
    }

    /// Reads `endpoints.json` for the gateway.
    static func url(in layout: StateLayout) throws(CommandFailure) -> String? {
        try CommandFailure.reading { () throws(StateError) in
            try StateReader(layout: layout).endpoints().services["api-gateway"]?.first?.url
        }
    }
}
