import CLinux
import CurlClient
import Manifest
import StateDirectory
import SystemPackage

/// Compares what is wanted with what runs and acts on the difference; the only place where instances change.
///
/// It decides synchronously: an event goes through its instance's machine, the actions are performed, and what follows for
/// other instances is settled before the next event is taken. It runs on a thread of its own (``EventLoop``).
package actor Supervisor {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let layout: StateLayout
    let shimProgram: FilePath
    let writer: StateWriter
    /// libcurl is loaded when the first HTTP probe asks.
    let client: @Sendable () -> CurlClient?

    var project: Project
    var instances: [InstanceID: Instance] = [:]
    /// Instances that are to stop, in an order that their dependents decide.
    var stops: [InstanceID: PendingStop] = [:]
    var watchers: [Int: AsyncStream<SupervisorUpdate>.Continuation] = [:]
    var nextWatcher = 0
    /// The daemon is about to end: nobody is to wait for news any more.
    var isEnding = false
    var endpoints = Endpoints()
    var endpointsAreStale = false
    /// Whether the daemon's work is done once no instance is left.
    var whenEmptyIsWanted = false
    private let whenEmpty: @Sendable () -> Void

    private var inbox: [(InstanceEvent, InstanceID)] = []
    private var isDelivering = false

    struct PendingStop {
        var grace: Int?
        var startAgain: Bool
    }

    /// - Parameters:
    ///   - project: what was wanted last; empty for a new project.
    ///   - whenEmpty: called when everything was to be forgotten and is gone.
    package init(
        project: Project, layout: StateLayout, shim: FilePath, writer: StateWriter, loop: EventLoop,
        client: @escaping @Sendable () -> CurlClient?, whenEmpty: @escaping @Sendable () -> Void
    ) {
        self.project = project
        self.layout = layout
        self.shimProgram = shim
        self.writer = writer
        self.loop = loop
        self.client = client
        self.whenEmpty = whenEmpty
    }

    /// Takes an event and everything that follows from it.
    func deliver(_ event: InstanceEvent, to id: InstanceID) {
        inbox.append((event, id))
        deliverAll()
    }

    /// Changes several things before anything that follows from them is settled.
    func plan(_ changes: () -> Void) {
        isDelivering = true
        changes()
        isDelivering = false
        deliverAll()
    }

    /// Settles what a change of plans (`stops`, `project`) brings about.
    func deliverAll() {
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        repeat {
            while !inbox.isEmpty {
                let (event, id) = inbox.removeFirst()
                step(event, id)
            }
            settle()
        } while !inbox.isEmpty
    }

    private func step(_ event: InstanceEvent, _ id: InstanceID) {
        guard var instance = instances[id] else { return }
        let before = instance.machine.state
        let wasReady = instance.machine.isReady
        let actions = instance.machine.handle(event, now: Time.monotonic, jitter: .random(in: 0...1))
        if instance.machine.state != before { instance.since = Time.wall }
        instances[id] = instance
        for action in actions { perform(action, id) }
        // Who is told that an instance is ready finds its address.
        if instance.machine.isReady != wasReady { refreshEndpoints() }
        publish(id)
    }

    private func perform(_ action: InstanceAction, _ id: InstanceID) {
        switch action {
        case .launch:
            do {
                try launch(id)
            } catch {
                inbox.append((.launchFailed(error.description), id))
            }
        case .stop(let grace): instances[id]?.shim?.stop(grace: grace)
        case .startStartupProbe: startStartupProbe(id)
        case .startReadinessProbe: startReadinessProbe(id)
        case .startLivenessProbe: startLivenessProbe(id)
        case .stopProbes:
            instances[id]?.probes.forEach { $0.cancel() }
            instances[id]?.probes = []
        case .pause(let milliseconds): pause(id, milliseconds)
        case .cancelPause:
            instances[id]?.pause?.cancel()
            instances[id]?.pause = nil
        case .note(let event, let detail):
            let run = instances[id]?.run ?? 0
            writer.enqueue([.event(event, id, run: run, detail: detail, time: Time.wall)])
        }
    }

    private func pause(_ id: InstanceID, _ milliseconds: Int64) {
        instances[id]?.pause = Task { [weak self] in
            // Cancelled means: the pause does not matter any more.
            guard (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil else { return }
            await self?.deliver(.pauseEnded, to: id)
        }
    }

    // MARK: What follows for others

    private func settle() {
        settleStops()
        for id in instances.keys.sorted() { settleDependencies(of: id) }
        forgetTheGone()
        refreshEndpoints()
    }

    private func settleDependencies(of id: InstanceID) {
        guard let instance = instances[id], instance.machine.wanted, stops[id] == nil else { return }
        let state = instance.machine.state
        guard state == .waiting || state == .skipped else { return }
        switch verdict(for: instance.service) {
        case .met: inbox.append((.dependenciesMet, id))
        case .waiting(let what):
            if instance.machine.reason != what { inbox.append((.dependenciesUnmet(what), id)) }
        case .failed(let why):
            if state == .waiting { inbox.append((.dependencyFailed(why), id)) }
        }
    }

    private func verdict(for service: Service) -> DependencyVerdict {
        DependencyVerdict.of(service.dependsOn) { name in
            instances.values.filter { $0.id.service == name && !$0.leaving }.sorted { $0.id < $1.id }.map {
                DependencyVerdict.Neighbour(
                    instance: $0.id, state: $0.machine.state, health: $0.machine.health, exit: $0.machine.exit,
                    wanted: $0.machine.wanted || stops[$0.id]?.startAgain == true, hasProcess: $0.pid != nil)
            }
        }
    }

    /// Each stop that is done may free the next ones, so this repeats until nothing is done any more.
    private func settleStops() {
        let dependencies = Dictionary(
            instances.values.map { ($0.id.service, $0.service.dependsOn.map(\.service)) },
            uniquingKeysWith: { first, _ in first })
        var isProgress = !stops.isEmpty
        while isProgress {
            isProgress = false
            for id in StopOrder.next(among: Set(stops.keys), dependencies: { dependencies[$0] ?? [] }) {
                if settleStop(of: id) { isProgress = true }
            }
        }
    }

    /// True when the instance has ended and nobody need wait for it any more.
    private func settleStop(of id: InstanceID) -> Bool {
        guard let stop = stops[id], let instance = instances[id] else {
            stops[id] = nil
            return true
        }
        if instance.machine.state == .stopping { return false }
        if instance.machine.state.isAlive {
            inbox.append((stop.startAgain ? .restart(grace: stop.grace) : .stop(grace: stop.grace), id))
            return false
        }
        stops[id] = nil
        if stop.startAgain {
            if instance.machine.state != .waiting { inbox.append((.restart(grace: nil), id)) }
        } else if instance.machine.wanted || instance.machine.state != .stopped {
            inbox.append((.stop(grace: nil), id))
        } else {
            publish(id)
        }
        return true
    }

    private func forgetTheGone() {
        for (id, instance) in instances where instance.leaving && instance.machine.state == .stopped {
            guard stops[id] == nil else { continue }
            instances[id] = nil
            writer.enqueue([.forget(id)])
            tell(.removed(id))
        }
        if instances.isEmpty, whenEmptyIsWanted {
            whenEmptyIsWanted = false
            whenEmpty()
        }
    }
}

/// The two clocks, in milliseconds: one for durations, one for people.
enum Time {
    static var monotonic: Int64 { read(CLOCK_MONOTONIC) }
    static var wall: Int64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
