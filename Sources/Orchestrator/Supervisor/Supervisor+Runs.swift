import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// Runs: starting one, hearing how the start went, hearing that it has ended.
extension Supervisor {
    func launch(_ id: InstanceID) throws(LaunchError) {
        takeOverEdits(of: id)
        guard var instance = instances[id] else { return }
        let number = instance.run + 1
        let run = layout.run(number, of: id)
        instance.run = number
        instance.pid = nil
        instance.probe = nil
        instance.spec = nil
        instance.drain = .none
        instances[id] = instance
        let spec = try makeSpec(instance.service, id, run: number)
        do {
            try AtomicFile.makeDirectory(layout.data(of: id.service))
            try AtomicFile.makeDirectory(run.path)
            if let credentials = spec.attributes?.credentials {
                try ForeignAccess(layout: layout, credentials: credentials)
                    .open(for: instance.service, secrets: project.secrets)
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try AtomicFile.write(Array(try encoder.encode(spec)), to: run.spec)
        } catch {
            throw .system("\(error)")
        }
        let (shim, status) = try Shim.start(shimProgram, spec: spec, run: run)
        instances[id]?.spec = spec
        instances[id]?.shim = shim
        loop.once(readable: status) { [weak self] in self?.assumeIsolated { $0.startReported(id, number, status) } }
        watch(shim, id, run: number)
        writer.enqueue([.runStarted(id, run: number, pid: nil, time: Time.wall)])
    }

    func watch(_ shim: Shim, _ id: InstanceID, run: Int) {
        loop.once(readable: shim.descriptor) { [weak self] in self?.assumeIsolated { $0.shimEnded(id, run) } }
    }

    /// The shim has said whether the program could be executed.
    private func startReported(_ id: InstanceID, _ run: Int, _ status: Int32) {
        let report = LaunchReport(status)
        close(status)
        guard let report, let instance = instances[id], instance.run == run, instance.shim != nil else { return }
        guard report.error.rawValue == 0 else {
            let why = instance.spec.map { report.failure($0) } ?? "\(id.service) cannot be run: \(report.error)"
            deliver(.launchFailed(why), to: id)
            return
        }
        instances[id]?.pid = report.pid
        writer.enqueue([.runStarted(id, run: run, pid: report.pid, time: Time.wall)])
        deliver(.launched, to: id)
    }

    /// The shim has ended: the whole tree is gone, unless somebody killed the shim itself.
    private func shimEnded(_ id: InstanceID, _ run: Int) {
        guard let instance = instances[id], instance.run == run, let shim = instance.shim else { return }
        shim.release()
        instances[id]?.shim = nil
        let directory = layout.run(run, of: id)
        if let record = directory.exit {
            ended(id, run, record)
        } else {
            sweep(id, directory, shim: shim.pid)
        }
    }

    /// Ends what a killed shim left behind, then says that the run has ended.
    func sweep(_ id: InstanceID, _ directory: RunDirectory, shim: Int32) {
        let root = layout.root
        Task { [weak self] in
            await Blocking.run { Leftovers.end(stateRoot: root, run: directory, session: shim) }
            await self?.ended(id, directory.run, nil)
        }
    }

    func ended(_ id: InstanceID, _ run: Int, _ record: ExitRecord?) {
        guard let instance = instances[id], instance.run == run else { return }
        instances[id]?.pid = nil
        let status = record?.status ?? .unknown
        writer.enqueue([.runEnded(id, run: run, status, time: record?.time ?? Time.wall)])
        if let failure = record?.failure {
            let why = instance.spec.map { failure.sentence($0) } ?? "\(id.service) cannot be run: \(failure.error)"
            deliver(.launchFailed(why), to: id)
        } else {
            deliver(.exited(status), to: id)
        }
        discardOldRuns(id)
    }

    /// Away from the supervisor's thread: deleting large files takes its time.
    private func discardOldRuns(_ id: InstanceID) {
        guard let retention = instances[id]?.service.logs else { return }
        let layout = self.layout
        Task { await Blocking.run { layout.discardRuns(of: id, beyond: retention) } }
    }

    // MARK: Specs

    private func makeSpec(_ service: Service, _ id: InstanceID, run: Int) throws(LaunchError) -> LaunchSpec {
        guard ProgramLookup.isDirectory(service.workingDirectory) else {
            throw .noWorkingDirectory(service.workingDirectory)
        }
        let taken = service.ports.isEmpty ? [] : Set(instances.values.compactMap { $0.id == id ? nil : $0.spec?.port })
        let port = try Ports.choose(for: service, replica: id.replica, taken: taken)
        var attributes = try ProcessAttributes(service)
        attributes.reach = [service.workingDirectory, layout.data(of: service.name).string]
        let environment = LaunchEnvironment.make(
            service: service, instance: id, run: run, port: port, credentials: attributes.credentials,
            project: project, layout: layout
        ) { name in
            let first = InstanceID(service: name, replica: 1)
            if let port = instances[first]?.spec?.port { return port }
            if case .fixed(let port) = project[service: name]?.ports.first { return port }
            return nil
        }
        let program = try ProgramLookup.find(
            service.command.first ?? "", service: service, path: environment["PATH"] ?? "")
        return LaunchSpec(
            program: program, arguments: service.command.map { LaunchEnvironment.expand($0, environment) },
            environment: environment, workingDirectory: service.workingDirectory, port: port,
            stopSignal: service.stopSignal, graceMilliseconds: service.stopGracePeriod.milliseconds,
            attributes: attributes, service: service, programFile: ProgramIdentity(program)?.description ?? "?",
            boot: ProcessTable.bootID)
    }

    /// Whether the file of the service's program is another one than the run was started with.
    func programHasChanged(since spec: LaunchSpec, _ service: Service) -> Bool {
        let path = service.environment["PATH"] ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        // A program that is not there is no reason to replace what runs.
        guard let program = try? ProgramLookup.find(service.command.first ?? "", service: service, path: path),
            let file = ProgramIdentity(program)
        else { return false }
        return file.description != spec.programFile
    }
}
