import LogStore
import Manifest
import ProcessTable
import StateDirectory

/// What is known of the instance with which something is wrong, from the state directory, its logs and /proc.
struct Evidence {
    struct Exit {
        let run: Int
        let status: ExitStatus
        /// Milliseconds since 1970.
        let time: Int64
        /// How long the run lasted.
        let ran: Duration
    }
    struct Port {
        let number: UInt16
        /// nil when the holder is another user's.
        let owner: PortOwner?
    }
    /// Of its last run that has ended; nil when none has, or it ended well long before this trouble.
    var exit: Exit?
    /// Restarts that count against its budget, and the budget's window.
    var restarts = 0
    var window = Duration.zero
    /// Milliseconds since 1970.
    var nextStart: Int64?
    /// The probe that stands against it.
    var probe: ProbeReport?
    /// Its port, when a process that is not its own listens there.
    var port: Port?
    var lastWords: LastWords?

    /// Blocks: reads files.
    static func collect(_ status: InstanceStatus, _ service: Service?, in layout: StateLayout) throws(CommandFailure)
        -> Evidence
    {
        var evidence = Evidence()
        let runs = try CommandFailure.reading { () throws(StateError) in
            try StateReader(layout: layout).runs(of: status.instance, last: 2)
        }
        evidence.exit = status.exit == nil ? nil : runs.lazy.compactMap(Exit.init).first
        evidence.restarts = status.recentRestarts.count
        evidence.window = service?.restart.window ?? .zero
        evidence.nextStart = status.nextStart
        if let probe = status.probe, probe.outcome != .passed, status.state.isAlive { evidence.probe = probe }
        evidence.port = port(of: status, service, layout)
        evidence.lastWords = try lastWords(status, evidence.exit, in: layout)
        return evidence
    }

    /// The current run's; before it has said anything, those of the run that ended before it.
    private static func lastWords(
        _ status: InstanceStatus, _ exit: Exit?, in layout: StateLayout
    ) throws(CommandFailure) -> LastWords? {
        for run in [status.run, exit?.run].compactMap({ $0 }) where run > 0 {
            do {
                if let words = try LastWords.of(status.instance, run: run, in: layout) { return words }
            } catch .unknownRun, .nothingHasRun, .unknownService {
                // It was never launched, or its logs are no longer kept.
            } catch {
                throw CommandFailure(error)
            }
        }
        return nil
    }

    private static func port(of status: InstanceStatus, _ service: Service?, _ layout: StateLayout) -> Port? {
        var number = status.port
        if number == nil, status.instance.replica == 1, case .fixed(let declared) = service?.ports.first {
            number = declared
        }
        guard let number else { return nil }
        let own = status.pid.map(ProcessTable.tree) ?? []
        return ProcessTable.intruder(on: number, meantFor: own + layout.daemonProcesses)
            .map { Port(number: number, owner: $0.owner) }
    }
}

extension Evidence.Exit {
    fileprivate init?(_ run: StoredRun) {
        guard let time = run.ended, let exit = run.exit else { return nil }
        self.init(run: run.run, status: exit, time: time, ran: .milliseconds(max(0, time - run.started)))
    }
}
