import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// Launches: everything that a run needs is found, made and written down, then its shim is started.
extension Supervisor {
    func launch(_ id: InstanceID) throws(LaunchError) {
        takeOverEdits(of: id)
        guard var instance = instances[id] else { return }
        instance.run += 1
        instance.pid = nil
        instance.answers = ProbeBoard()
        instance.spec = nil
        instance.drain = .none
        instance.remark = nil
        instances[id] = instance
        let run = layout.run(instance.run, of: id)
        do {
            try AtomicFile.makeDirectory(layout.data(of: id.service))
            try AtomicFile.makeDirectory(run.path)
        } catch {
            throw .system("\(error)")
        }
        let (spec, sockets) = try makeSpec(instance, run)
        do {
            if let credentials = spec.attributes?.credentials {
                try ForeignAccess(layout: layout, credentials: credentials)
                    .open(for: instance.service, secrets: project.secrets)
            }
            try AtomicFile.write(Array(try JSONEncoder().encode(spec)), to: run.spec)
        } catch {
            throw .system("\(error)")
        }
        limit(instance, run)
        let (shim, status) = try Shim.start(shimProgram, spec: spec, sockets: sockets, run: run)
        instances[id]?.spec = spec
        instances[id]?.shim = shim
        let number = run.run
        loop.once(readable: status) { [weak self] in self?.assumeIsolated { $0.startReported(id, number, status) } }
        watch(shim, id, run: number)
        writeDown(.runStarted(id, run: number, pid: nil, time: Time.wall))
    }

    // MARK: Limits of the whole tree

    private func limit(_ instance: Instance, _ run: RunDirectory) {
        if let cgroups {
            let unenforced = cgroups.prepare(run, instance.service.limits)
            tellUnenforced(unenforced, instance.id, because: CgroupPlace.shortcoming)
        } else {
            let wanted = instance.service.limits.cgroupSettings.map(\.words)
            tellUnenforced(wanted, instance.id, because: wanted.isEmpty ? nil : CgroupPlace.shortcoming)
        }
    }

    /// A limit that is not enforced is an event and stands beside the instance's state: nobody is to rely on it.
    func tellUnenforced(_ limits: [String], _ id: InstanceID, because reason: @autoclosure () -> String?) {
        guard !limits.isEmpty else { return }
        let detail = limits.joined(separator: ", ") + (reason().map { ": \($0)" } ?? "")
        instances[id]?.remark = "not enforced: \(detail)"
        note("limit-not-enforced", id, detail)
    }

    // MARK: Specs

    private func makeSpec(
        _ instance: Instance, _ run: RunDirectory
    ) throws(LaunchError) -> (spec: LaunchSpec, sockets: [PassedSocket]) {
        let (id, service) = (instance.id, instance.service)
        guard ProgramLookup.isDirectory(service.workingDirectory) else {
            throw .noWorkingDirectory(service.workingDirectory)
        }
        var attributes = try ProcessAttributes(service, openFiles: openFiles)
        attributes.reach = [service.workingDirectory, layout.data(of: service.name).string]
        let sockets = try sockets(for: instance, attributes.credentials)
        let ownPort = zip(service.sockets, sockets).first { $0.0.address == .ownPort }?.1.port
        let taken = service.ports.isEmpty ? [] : Set(instances.values.compactMap { $0.id == id ? nil : $0.spec?.port })
        let port: UInt16?
        if let ownPort {
            port = ownPort
        } else {
            port = try Ports.choose(for: service, replica: id.replica, taken: taken)
        }
        let environment = LaunchEnvironment.make(
            service: service, instance: id, run: run.run, port: port, sockets: sockets,
            credentials: attributes.credentials, project: project, layout: layout
        ) { name in
            let first = InstanceID(service: name, replica: 1)
            if let port = instances[first]?.spec?.port { return port }
            if case .fixed(let port) = project[service: name]?.ports.first { return port }
            return nil
        }
        let program = try ProgramLookup.find(
            service.command.first ?? "", service: service, path: environment["PATH"] ?? "")
        let spec = LaunchSpec(
            program: program, arguments: service.command.map { LaunchEnvironment.expand($0, environment) },
            environment: environment, workingDirectory: service.workingDirectory, port: port,
            stopSignal: service.stopSignal, graceMilliseconds: service.stopGracePeriod.milliseconds,
            attributes: attributes, cgroup: cgroups?.directory(of: run), service: service,
            programFile: ProgramIdentity(program)?.description ?? "?", boot: ProcessTable.bootID)
        return (spec, sockets)
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
