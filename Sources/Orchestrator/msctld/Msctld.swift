import CLinux
import ControlAPI
import LogStore
import Logging
import Manifest
import ServiceLifecycle
import StateDirectory
import Supervisor
import SystemPackage
import UnixSignals

/// `msctld PROJECT-DIRECTORY`: the daemon of one project, started by `msctl` under a shim of its own.
///
/// It may be killed at any moment: what is wanted is in state.db, what runs is known by the locks of its shims, and the
/// next daemon takes over from there.
@main
struct Msctld {
    static func main() async {
        if CommandLine.arguments.dropFirst() == ["--version"] {
            print("msctld \(ControlAPI.release)")
            exit(0)
        }
        umask(0o077)
        clinux_ignore(SIGPIPE)
        let log = DaemonLog()
        guard CommandLine.arguments.count == 2 else {
            log.error("usage: msctld PROJECT-DIRECTORY")
            exit(64)
        }
        do {
            try await run(layout: StateLayout(projectDirectory: FilePath(CommandLine.arguments[1])), log)
            exit(0)
        } catch let error as DaemonError {
            log.error(error.description)
            exit(error.exitCode)
        } catch {
            log.error("\(error)")
            exit(70)
        }
    }

    /// Builds everything and runs until the work is done or somebody ends the daemon.
    private static func run(layout: StateLayout, _ log: DaemonLog) async throws {
        try AtomicFile.makeDirectory(layout.root)
        // Before anything else: whoever holds the lock is the daemon, and only it may bind the socket or write state.db.
        guard let lock = try FileLock(taking: layout.daemonLock) else {
            throw DaemonError.alreadyRunning
        }
        // On a disk that is full, no database opens.
        let dropped = LogRetainer.makeRoom(layout) { log.error($0) }
        let since = log.now
        lock.write("\(getpid()) \(since)\n")

        let reader = StateReader(layout: layout)
        let writer = try StateWriter(layout: layout) { log.error("\($0); it is tried again with the next change") }
        let directory = layout.root.removingLastComponent()
        let stored = try reader.project()
        if stored == nil, try reader.projectName() != nil {
            log.error("what is wanted was written down by another version; the next 'msctl up' says it anew")
        }
        let project = stored ?? Project(name: "", directory: directory.string)
        let ending = Ending()
        let indexer = LogIndexer.start(layout: layout, owing: dropped) { log.error($0) }
        indexer.retain(of: project)
        let loop = EventLoop()
        loop.start()
        let supervisor = Supervisor(
            project: project, layout: layout, shim: try shimProgram(), writer: writer, loop: loop,
            openFiles: DescriptorLimit.raise(), cgroups: Cgroups(layout),
            sockets: ListeningSockets(store: DescriptorStore.inherited()),
            whenProjectChanges: { indexer.retain(of: $0) }, whenEmpty: { ending.end() })
        await supervisor.adopt(
            try reader.storedStatuses(), rollouts: try reader.rollouts(), attachedTo: try reader.attachedProcess(),
            takenDown: try reader.takenDown() == Supervisor.keeper, lastRestart: try reader.lastRestart())
        log.info("msctld runs", "pid", "\(getpid())")

        let relief = MemoryRelief()
        relief.schedule()
        let socket = layout.controlSocket
        try AtomicFile.makeDirectory(socket.removingLastComponent())
        let routes = ControlRoutes(
            supervisor: supervisor, since: since, ending: ending, relief: relief,
            metrics: MetricsReader(supervisor: supervisor, layout: layout) { log.error($0) })
        let server = try ControlServer(routes.router(), socket: socket)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: server),
                .init(
                    service: EndService(ending: ending, supervisor: supervisor),
                    successTerminationBehavior: .gracefullyShutdownGroup),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: .init(label: "msctld", factory: { _ in SilentLogHandler() }))
        // A client that keeps its connection open must not keep the daemon from ending.
        configuration.maximumGracefulShutdownDuration = .seconds(2)
        try await ServiceGroup(configuration: configuration).run()
        await indexer.stop()
        await writer.flush()
        unlink(socket.string)
        log.info("msctld ends", "pid", "\(getpid())")
        // Held to the last instruction: a daemon that comes next finds nothing half done.
        extendLifetime(lock)
    }

    /// The shim beside this executable.
    private static func shimProgram() throws(DaemonError) -> FilePath {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = FilePath(String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        let shim = own.removingLastComponent().appending("msctl-shim")
        guard access(shim.string, X_OK) == 0 else { throw .noShim(shim) }
        return shim
    }
}

/// Why the daemon cannot run; the exit code tells its shim that another try would come to the same.
enum DaemonError: Error, CustomStringConvertible {
    case alreadyRunning
    case noShim(FilePath)

    var exitCode: Int32 {
        switch self {
        case .alreadyRunning: 75
        case .noShim: 72
        }
    }

    var description: String {
        switch self {
        case .alreadyRunning: "another msctld looks after this project"
        case .noShim(let path): "there is no \(path); msctl, msctld and msctl-shim belong in one directory"
        }
    }
}

extension LogIndexer {
    fileprivate func retain(of project: Project) {
        let retained = project.services.map { service in
            (service.name, Retention(bytes: Int64(clamping: service.logs.retainBytes), runs: service.logs.runs))
        }
        retain(Dictionary(retained) { first, _ in first })
    }
}
