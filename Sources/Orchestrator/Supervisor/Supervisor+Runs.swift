import CLinux
import Manifest
import StateDirectory
import SystemPackage

/// Runs: hearing how a start went, and that a run has ended.
extension Supervisor {
    func watch(_ shim: Shim, _ id: InstanceID, run: Int) {
        loop.once(readable: shim.descriptor) { [weak self] in self?.assumeIsolated { $0.shimEnded(id, run) } }
    }

    /// The shim has said whether the program could be executed.
    func startReported(_ id: InstanceID, _ run: Int, _ status: Int32) {
        let report = LaunchReport(status)
        close(status)
        guard let report, let instance = instances[id], instance.run == run, instance.shim != nil else { return }
        guard report.error.rawValue == 0 else {
            let why = instance.spec.map { report.failure($0) } ?? "\(id.service) cannot be run: \(report.error)"
            deliver(.launchFailed(why), to: id)
            return
        }
        if let error = report.cgroupError {
            tellUnenforced(instance.service.limits.cgroupSettings.map(\.words), id, because: "\(error)")
        }
        instances[id]?.pid = report.pid
        writeDown(.runStarted(id, run: run, pid: report.pid, time: Time.wall))
        deliver(.launched, to: id)
    }

    /// The shim has ended: the whole tree is gone, unless somebody killed the shim itself.
    private func shimEnded(_ id: InstanceID, _ run: Int) {
        guard let instance = instances[id], instance.run == run, let shim = instance.shim else { return }
        let end = shim.release()
        instances[id]?.shim = nil
        let directory = layout.run(run, of: id)
        let record = directory.exit
        // An adopted shim's end is not ours to see; that it has removed the cgroup is a sign, too.
        let group = instance.spec?.cgroup
        let sawItThrough = end == .byItself || (end == .unseen && group != nil)
        if record != nil, sawItThrough, group.map({ access($0, F_OK) != 0 }) ?? true {
            ended(id, run, record)
        } else {
            sweep(id, directory, shim: shim.pid)
        }
    }

    /// Ends what a killed shim left behind, then says that the run has ended.
    func sweep(_ id: InstanceID, _ directory: RunDirectory, shim: Int32) {
        let leftovers = Leftovers(
            stateRoot: layout.root, run: directory, session: shim,
            cgroup: instances[id]?.spec?.cgroup ?? cgroups?.directory(of: directory),
            daemonShim: ShimProcesses(lock: layout.daemonShimLock)?.shim)
        Task { [weak self] in
            await Blocking.run { leftovers.end() }
            await self?.ended(id, directory.run, directory.exit)
        }
    }

    func ended(_ id: InstanceID, _ run: Int, _ record: ExitRecord?) {
        guard let instance = instances[id], instance.run == run else { return }
        instances[id]?.pid = nil
        let status = record?.status ?? .unknown
        writeDown(.runEnded(id, run: run, status, time: record?.time ?? Time.wall))
        if let failure = record?.failure {
            let why = instance.spec.map { failure.sentence($0) } ?? "\(id.service) cannot be run: \(failure.error)"
            deliver(.launchFailed(why), to: id)
        } else {
            if record?.ranOutOfMemory == true {
                let limit = instance.service.limits.memoryBytes.map { " of \($0) bytes" } ?? ""
                instances[id]?.remark = "it reached its memory limit\(limit)"
                note("out-of-memory", id, "the kernel ended a process of it at its memory limit\(limit)")
            }
            deliver(.exited(status), to: id)
        }
    }
}
