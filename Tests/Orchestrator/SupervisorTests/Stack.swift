import Dispatch
import Manifest
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

/// A supervisor over a temporary project, with services that are FixtureService.
final class Stack: Sendable {
    let directory = TemporaryDirectory()
    let layout: StateLayout
    let supervisor: Supervisor
    let writer: StateWriter
    let cgroups: Cgroups?
    private let loop: EventLoop

    /// - Parameter cgroups: false as on a machine that gives msctl none.
    convenience init(
        cgroups: Bool = true, openFiles: ResourceLimits.Ulimit? = nil, whenEmpty: @escaping @Sendable () -> Void = {}
    ) throws {
        try self.init(in: nil, cgroups: cgroups, openFiles: openFiles, whenEmpty: whenEmpty)
    }

    /// A second daemon over the project of another stack, as after a crash of the first.
    /// `statuses` are what the first had written down; by default what it knows now.
    convenience init(
        adopting other: Stack, as statuses: [InstanceStatus]? = nil, store: DescriptorStore? = nil
    ) async throws {
        await other.writer.flush()
        try self.init(in: other.layout, cgroups: other.cgroups != nil, store: store)
        let reader = StateReader(layout: layout)
        await supervisor.adopt(
            try statuses ?? reader.storedStatuses(), rollouts: try reader.rollouts(),
            attachedTo: try reader.attachedProcess())
    }

    private init(
        in existing: StateLayout?, cgroups: Bool, store: DescriptorStore? = nil,
        openFiles: ResourceLimits.Ulimit? = nil, whenEmpty: @escaping @Sendable () -> Void = {}
    ) throws {
        layout = existing ?? StateLayout(projectDirectory: directory.path)
        try AtomicFile.makeDirectory(layout.root)
        writer = try StateWriter(layout: layout) { Issue.record("state.db: \($0)") }
        self.cgroups = cgroups ? Cgroups(layout) : nil
        loop = EventLoop()
        loop.start()
        let project =
            try StateReader(layout: layout).project() ?? Project(name: "test", directory: directory.path.string)
        supervisor = Supervisor(
            project: project, layout: layout, shim: BuiltProducts.shim, writer: writer, loop: loop,
            openFiles: openFiles, cgroups: self.cgroups, sockets: ListeningSockets(store: store),
            whenEmpty: whenEmpty)
    }

    deinit {
        loop.stop()
        cgroups?.remove()
    }

    /// The daemon is killed: when this returns it hears and does nothing any more.
    func kill() {
        let ended = DispatchSemaphore(value: 0)
        loop.stop { ended.signal() }
        ended.wait()
    }

    func service(_ name: String, _ arguments: String..., configure: (inout Service) -> Void = { _ in }) -> Service {
        var service = Service(
            name: name, command: [BuiltProducts.fixtureService] + arguments, workingDirectory: directory.path.string)
        service.stopGracePeriod = .seconds(5)
        configure(&service)
        return service
    }

    func project(_ services: Service...) -> Project {
        Project(name: "test", directory: directory.path.string, services: services)
    }

    /// Brings the services up without waiting.
    @discardableResult
    func up(_ services: Service...) async throws -> [InstanceID] {
        try await supervisor.up(
            Project(name: "test", directory: directory.path.string, services: services), services: [])
    }

    /// Waits until the instance's status is as wanted, by the supervisor's own announcements.
    @discardableResult
    func wait(
        for name: String, replica: Int = 1, seconds: Int = 20, _ what: String,
        where matches: @escaping @Sendable (InstanceStatus) -> Bool
    ) async throws -> InstanceStatus {
        let id = InstanceID(service: name, replica: replica)
        let updates = await supervisor.watch()
        return try await withThrowingTaskGroup(of: InstanceStatus?.self) { group in
            group.addTask {
                for await update in updates {
                    switch update {
                    case .all(let all):
                        if let found = all.first(where: { $0.instance == id && matches($0) }) { return found }
                    case .changed(let status): if status.instance == id, matches(status) { return status }
                    case .removed, .rollout: break
                    }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let status = first else {
                let now = await self.supervisor.statuses()
                throw NeverHappened(description: "\(name) never was \(what); now: \(now)")
            }
            return status
        }
    }

    /// Stops everything and waits until it is gone.
    func down(grace: Int? = 2_000) async throws {
        let updates = await supervisor.watch()
        _ = try await supervisor.stop(services: [], grace: grace, forget: true)
        for await _ in updates where await supervisor.statuses().isEmpty { return }
    }
}

struct NeverHappened: Error, CustomStringConvertible { let description: String }

/// Swift Testing has one of its own.
typealias ExitStatus = StateDirectory.ExitStatus
