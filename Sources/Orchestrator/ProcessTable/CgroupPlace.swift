import CLinux

/// An existing control group (cgroups(7), version 2) in which msctl may make groups of its own.
///
/// A process may make groups in its own group and move its children there, if it has the rights: root has them, a user has
/// them where systemd or a container runtime has delegated the group. Controllers can only be had in a group that holds no
/// process itself, and msctl's own group holds msctl; so where its parent can be written, that one is better: the slice of a
/// login session, of a terminal of the desktop, or of a delegated service with a subgroup for its main process. A systemd
/// service's own group is never left, so that `systemctl stop` ends everything that msctl has started, too.
package struct CgroupPlace: Sendable, Hashable {
    /// An absolute directory.
    package let path: String
    /// Of memory, pids and cpu those that groups in it can have.
    package let controllers: Set<String>

    /// What a project's own group is called, before the project's digest.
    package static let prefix = "msctl-"
    package static let wanted: Set<String> = ["memory", "pids", "cpu"]

    /// The best place there is; nil when groups cannot be made anywhere.
    package static func find() -> CgroupPlace? {
        guard let own else { return nil }
        let places = candidates(own).filter(isUsable).map { CgroupPlace(path: $0, controllers: controllers(below: $0)) }
        return places.max { $0.controllers.count < $1.controllers.count }
    }

    /// Why there is no place, or what it lacks, as a sentence for people; nil when nothing is missing.
    package static var shortcoming: String? {
        guard let own else { return "no cgroup version 2 hierarchy is mounted here" }
        guard let place = find() else {
            return "msctl may make no cgroup in \(own); run it where one is delegated, such as below "
                + "'systemd-run --user --scope -p Delegate=yes'"
        }
        let missing = wanted.subtracting(place.controllers).sorted()
        guard !missing.isEmpty else { return nil }
        return "groups in \(place.path) cannot have the controllers \(missing.joined(separator: ", ")); "
            + "an administrator can enable or delegate them, unless cgroup version 1 has them"
    }

    /// The group of this process, as a directory.
    private static var own: String? {
        let groups = ProcFile.text("/proc/self/cgroup") ?? ""
        guard let line = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::") }) else { return nil }
        let group = line.dropFirst(3)
        let mounts = CgroupMount.all(ProcFile.text("/proc/self/mountinfo") ?? "")
        return mounts.lazy.compactMap { $0.directory(of: group) }.first { directory in
            // A path of another namespace may lead anywhere: believed only when this process is in there.
            ProcFile.text(directory + "/cgroup.procs")?.split(separator: "\n").contains("\(getpid())") == true
        }
    }

    /// - Parameter own: the group of this process. Inside of another msctl's run nothing is to leave that run.
    private static func candidates(_ own: String) -> [String] {
        let isService = own.hasSuffix(".service")
        let isNested = own.contains("/\(prefix)")
        guard !isService, !isNested, let slash = own.lastIndex(of: "/"), slash != own.startIndex else { return [own] }
        // Of two that are equally good the last one wins: one's own.
        return [String(own[..<slash]), own]
    }

    /// Moving a process takes the right to write `cgroup.procs` of the group that the old and the new place have in common.
    private static func isUsable(_ directory: String) -> Bool {
        access(directory + "/cgroup.procs", W_OK) == 0 && access(directory, W_OK) == 0
    }

    private static func controllers(below directory: String) -> Set<String> {
        let enabled = words(directory + "/cgroup.subtree_control")
        let isRoot = access(directory + "/cgroup.type", F_OK) != 0
        let isEmpty = ProcFile.text(directory + "/cgroup.procs")?.isEmpty == true
        let available = isRoot || isEmpty ? words(directory + "/cgroup.controllers") : enabled
        return available.union(enabled).intersection(wanted)
    }

    package static func words(_ path: String) -> Set<String> {
        Set((ProcFile.text(path) ?? "").split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}

/// A mounted version 2 hierarchy, by its line in /proc/self/mountinfo (proc(5)).
package struct CgroupMount: Hashable {
    /// The group that the mount point shows.
    package let root: String
    package let point: String

    package static func all(_ mountinfo: String) -> [CgroupMount] {
        mountinfo.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields[dash + 1] == "cgroup2",
                fields.count > 4
            else { return nil }
            return CgroupMount(root: unescaped(fields[3]), point: unescaped(fields[4]))
        }
    }

    /// The directory of a group, if the mount shows it.
    package func directory(of group: some StringProtocol) -> String? {
        let group = String(group)
        if root == "/" { return group == "/" ? point : point + group }
        guard group == root || group.hasPrefix(root + "/") else { return group == "/" ? point : nil }
        return point + group.dropFirst(root.count)
    }

    /// Spaces, tabs, newlines and backslashes are octal there.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        let escapes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        return escapes.reduce(String(text)) { text, escape in
            text.split(separator: escape.0, omittingEmptySubsequences: false).joined(separator: escape.1)
        }
    }
}
