import CLinux
import Glibc
import Manifest
import ProcessTable

/// Whether what the system allows is enough for the project.
struct LimitCheck {
    /// Instances that the project asks for.
    let instances: Int
    /// Of listening sockets that the project declares, the longest queue.
    let backlog: Int32?
    /// The daemon's process, whose limits count while it lives.
    let daemon: Int32?

    init(_ project: Project?, daemon: Int32?) {
        instances = project?.services.reduce(0) { $0 + $1.replicas } ?? 0
        backlog = project?.services.flatMap(\.sockets).map(\.backlog).max()
        self.daemon = daemon
    }

    func findings() -> [Finding] { [files(), watches(), connections()].compactMap { $0 } }

    /// The daemon holds about three descriptors for each instance: its shim, its logs, its probe.
    private func files() -> Finding {
        let limit = daemon.flatMap { ProcessTable.openFilesLimit(of: $0) } ?? ProcessTable.openFilesLimit(of: getpid())
        guard let limit else { return .warn("open files", "the limit cannot be read", "see that /proc is mounted") }
        let needed = 64 + 3 * instances
        let whose = daemon == nil ? "" : " of msctld"
        let detail =
            "\(limit == .max ? "no limit" : "a limit of \(limit)")\(whose); \(instances) instances need about \(needed)"
        let advice = "raise it with 'ulimit -n \(max(1_024, 4 * needed))', then 'msctl daemon restart'"
        if limit < needed { return .fail("open files", detail, advice) }
        return limit < 2 * needed ? .warn("open files", detail, advice) : .ok("open files", detail)
    }

    /// The daemon and every `--follow` and `watch` take one inotify instance each.
    private func watches() -> Finding {
        let instances = KernelSetting.number("/proc/sys/fs/inotify/max_user_instances")
        let watches = KernelSetting.number("/proc/sys/fs/inotify/max_user_watches")
        guard let instances, let watches else {
            return .fail("inotify", "the kernel has no inotify", "logs cannot be followed; use another kernel")
        }
        let detail = "\(instances) instances, \(watches) watches for each user"
        let own = clinux_inotify_open()
        guard own >= 0 else {
            return .fail(
                "inotify", "\(detail), and all instances are in use",
                "raise fs.inotify.max_user_instances (sysctl), or end what uses them")
        }
        close(own)
        if instances < 64 || watches < 4_096 {
            return .warn(
                "inotify", detail, "raise fs.inotify.max_user_instances to 128 and max_user_watches to 65536 (sysctl)")
        }
        return .ok("inotify", detail)
    }

    private func connections() -> Finding? {
        guard let most = KernelSetting.number("/proc/sys/net/core/somaxconn") else { return nil }
        let detail = "at most \(most) connections wait at a socket (net.core.somaxconn)"
        let wanted = Int(backlog ?? 128)
        guard most < wanted else { return .ok("connections", detail) }
        return .warn("connections", detail, "\(wanted) are asked for; raise net.core.somaxconn (sysctl)")
    }
}
