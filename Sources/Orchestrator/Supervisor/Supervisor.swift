import Manifest
import StateDirectory
import SystemPackage

/// Compares what is wanted with what runs and acts on the difference; the only place where instances change.
///
/// An event goes through its instance's machine and the actions are performed at once. What follows for others (dependents,
/// stops in order, replacements, endpoints, watchers) is settled once for each batch of events, before its thread sleeps.
/// It runs on a thread of its own (``EventLoop``).
package actor Supervisor {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let layout: StateLayout
    let shimProgram: FilePath
    let writer: StateWriter
    /// What the batch has come to and the writer does not have yet.
    var unwritten: [StateWriter.Change] = []
    /// What the batch has come to and watchers have not been told.
    var untold: [SupervisorUpdate] = []
    /// What services get that do not say how many files they may have open; nil: as this process.
    let openFiles: ResourceLimits.Ulimit?
    /// Where each run gets a control group; nil where none can be made.
    let cgroups: Cgroups?
    /// Listening sockets that are kept for services.
    var sockets: ListeningSockets

    /// Every probe of every run.
    lazy var probes = makeProbes()
    /// What probes have said that is not in state.db yet.
    var journal = ProbeJournal()

    var project: Project { didSet { whenProjectChanges(project) } }
    /// The project as its files said later, when they had changed by the time something was launched.
    var edited: Project?
    var instances: [InstanceID: Instance] = [:]
    /// Who is to be looked at again before the thread sleeps.
    var agenda = Agenda()
    var neighbourhood = Neighbourhood()
    /// Instances that are to stop, in an order that their dependents decide.
    var stops: [InstanceID: StopIntent] = [:]
    /// Start-first replacements, those that have ended included until the next request for their service.
    var rollouts: [String: Rollout] = [:]
    /// The id of the last request to restart.
    var lastRestart: String?
    /// The process whose end takes everything down.
    var attachment: Attachment?
    var watchers: [Int: AsyncStream<SupervisorUpdate>.Continuation] = [:]
    var nextWatcher = 0
    /// The daemon is about to end: nobody is to wait for news any more.
    var isEnding = false
    var endpoints = Endpoints()
    var endpointsAreStale = false
    /// When endpoints.json was last written, monotonic ms.
    var endpointsWritten: Int64 = 0
    /// Somebody is to come back to them soon.
    var endpointsAreScheduled = false
    /// Whether the daemon's work is done once no instance is left.
    var whenEmptyIsWanted = false
    let whenEmpty: @Sendable () -> Void
    private let whenProjectChanges: @Sendable (Project) -> Void

    /// - Parameters:
    ///   - project: what was wanted last; empty for a new project.
    ///   - whenProjectChanges: called with what is wanted from then on.
    ///   - whenEmpty: called when everything was to be forgotten and is gone.
    package init(
        project: Project, layout: StateLayout, shim: FilePath, writer: StateWriter, loop: EventLoop,
        openFiles: ResourceLimits.Ulimit? = nil, cgroups: Cgroups? = nil,
        sockets: ListeningSockets = ListeningSockets(),
        whenProjectChanges: @escaping @Sendable (Project) -> Void = { _ in },
        whenEmpty: @escaping @Sendable () -> Void
    ) {
        self.whenProjectChanges = whenProjectChanges
        self.project = project
        self.layout = layout
        self.shimProgram = shim
        self.writer = writer
        self.loop = loop
        self.openFiles = openFiles
        self.cgroups = cgroups
        self.sockets = sockets
        self.whenEmpty = whenEmpty
        loop.afterEachBatch { [weak self] in self?.assumeIsolated { $0.settle() } }
    }

    /// Takes an event: the instance's machine decides, and its actions are performed now.
    func deliver(_ event: InstanceEvent, to id: InstanceID) {
        var next: InstanceEvent? = event
        while let event = next {
            next = step(event, id)
        }
    }

    /// The event that the actions brought about, if any.
    private func step(_ event: InstanceEvent, _ id: InstanceID) -> InstanceEvent? {
        guard var instance = instances[id] else { return nil }
        let before = instance.machine.state
        let wasReady = instance.machine.isReady
        let actions = instance.machine.handle(event, now: Time.monotonic, jitter: .random(in: 0...1))
        if instance.machine.state != before { instance.since = Time.wall }
        instances[id] = instance
        agenda.changed(id)
        if instance.machine.isReady != wasReady, instance.spec?.port != nil { agenda.endpoints = true }
        var next: InstanceEvent?
        for action in actions {
            if let event = perform(action, id) { next = event }
        }
        return next
    }

    private func perform(_ action: InstanceAction, _ id: InstanceID) -> InstanceEvent? {
        switch action {
        case .launch:
            instances[id]?.nextStart = nil
            do {
                try launch(id)
            } catch {
                return .launchFailed(error.description)
            }
        case .stop(let grace): instances[id]?.shim?.stop(grace: grace)
        case .startStartupProbe: startStartupProbe(id)
        case .startReadinessProbe: startReadinessProbe(id)
        case .startLivenessProbe: startLivenessProbe(id)
        case .stopProbes: stopProbes(id)
        case .pause(let milliseconds): pause(id, milliseconds)
        case .cancelPause:
            instances[id]?.pause?.cancel()
            instances[id]?.pause = nil
            instances[id]?.nextStart = nil
        case .note(let event, let detail): note(event, id, detail)
        }
        return nil
    }

    /// Writes an event down for people.
    func note(_ event: String, _ id: InstanceID, _ detail: String? = nil) {
        writeDown(.event(event, id, run: instances[id]?.run ?? 0, detail: detail, time: Time.wall))
    }

    private func pause(_ id: InstanceID, _ milliseconds: Int64) {
        instances[id]?.nextStart = Time.wall + milliseconds
        instances[id]?.pause = Task { [weak self] in
            // Cancelled means: the pause does not matter any more.
            guard (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil else { return }
            await self?.deliver(.pauseEnded, to: id)
        }
    }
}
