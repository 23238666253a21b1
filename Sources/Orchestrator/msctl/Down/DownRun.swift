import StateDirectory

/// Stops services, or all and the daemon, and looks for what is left of them.
struct DownRun {
    let layout: StateLayout
    let context: CommandContext
    /// False when other lines come between its own.
    var redraws = true

    /// - Parameters:
    ///   - services: empty for all.
    ///   - grace: instead of each service's own.
    func run(_ services: [String], grace: DurationArgument?) async throws(CommandFailure) -> Leftovers {
        let footprint = try ProjectFootprint.read(layout, services: services)
        let stop = StopRun(layout: layout, context: context, grace: grace, forgets: true, redraws: redraws)
        try await stop.run(services)
        if services.isEmpty { try await DaemonEnd.wait(layout) }
        return Leftovers.now(layout, footprint, services: services)
    }
}

extension Leftovers {
    /// Says that nothing is left, or fails with its names.
    func check(_ console: Console) throws(CommandFailure) {
        guard isEmpty else { throw .failed(summary, hint: "msctl status", details: lines) }
        console.talk("\(summary); looked for \(checked)")
    }
}
