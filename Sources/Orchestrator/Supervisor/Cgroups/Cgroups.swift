import CLinux
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// The control groups of one project: one for each run, in a group of the project's own.
///
/// ```
/// PLACE/msctl-DIGEST/SERVICE.REPLICA.RUN
/// ```
///
/// The shim makes the group, starts the service in it and removes it when the tree has gone. What stays was left behind by a
/// shim that was killed, and is found here whatever it has done to its environment, session and parents.
package struct Cgroups: Sendable {
    private let place: CgroupPlace
    /// The project's group.
    package let path: String

    /// nil where no groups can be made; then the tree, the session and the mark in the environment have to do.
    package init?(_ layout: StateLayout) {
        guard let place = CgroupPlace.find() else { return nil }
        self.place = place
        path = "\(place.path)/\(CgroupPlace.prefix)\(String(layout.digest, radix: 16))"
        guard mkdir(path, 0o755) == 0 || clinux_errno() == EEXIST else { return nil }
    }

    /// The directory of a run's group.
    func directory(of run: RunDirectory) -> String { "\(path)/\(run.instance).\(run.run)" }

    /// Gets a run's group ready; which of the limits cannot be enforced, in words.
    func prepare(_ run: RunDirectory, _ limits: ResourceLimits) -> [String] {
        // Gone when nothing ran for a while; anything else is the shim's to find out.
        mkdir(path, 0o755)
        let settings = limits.cgroupSettings
        guard !settings.isEmpty else { return [] }
        let directory = directory(of: run)
        mkdir(directory, 0o755)
        return settings.compactMap { setting in
            do {
                try enable(setting.controller)
                try KernelFile.write(setting.text, to: "\(directory)/\(setting.file)")
                return nil
            } catch {
                return "\(setting.words) (\(error))"
            }
        }
    }

    /// A controller is handed down from group to group.
    private func enable(_ controller: String) throws(Errno) {
        for group in [place.path, path] {
            let file = "\(group)/cgroup.subtree_control"
            if CgroupPlace.words(file).contains(controller) { continue }
            try KernelFile.write("+\(controller)", to: file)
        }
    }

    /// Ends what is in groups of runs that are not alive: it was left while no daemon looked.
    func endStale(_ layout: StateLayout) {
        for name in AtomicFile.names(in: FilePath(path)) {
            guard let dot = name.lastIndex(of: "."), let number = Int(name[name.index(after: dot)...]),
                let instance = InstanceID(name[..<dot])
            else { continue }
            let run = layout.run(number, of: instance)
            if !run.isAlive { Self.end(directory(of: run)) }
        }
    }

    /// Removes the project's group, unless something is in it.
    package func remove() { rmdir(path) }

    /// Ends everything in a run's group and removes it. Blocks, at most five seconds: what is in uninterruptible sleep by
    /// then stays.
    static func end(_ directory: String) {
        for _ in 0..<5_000 {
            guard access(directory, F_OK) == 0 else { return }
            kill(in: directory)
            remove(directory)
            if access(directory, F_OK) != 0 { return }
            usleep(1_000)
        }
    }

    private static func kill(in directory: String) {
        // Linux 5.14; before that one by one, which the caller repeats until nothing is left.
        if (try? KernelFile.write("1", to: directory + "/cgroup.kill")) != nil { return }
        for line in (KernelFile.read(directory + "/cgroup.procs") ?? "").split(separator: "\n") {
            if let pid = Int32(line), pid > 1 { CLinux.kill(pid, SIGKILL) }
        }
    }

    /// With the groups that the service may have made in it.
    private static func remove(_ directory: String) {
        if rmdir(directory) == 0 { return }
        for name in AtomicFile.names(in: FilePath(directory)) {
            let inner = "\(directory)/\(name)"
            if clinux_is_directory(inner) != 0 { remove(inner) }
        }
        rmdir(directory)
    }
}
