import Glibc
import LogStore
import StateDirectory
import SystemPackage

/// `status --watch`: what is there, and each change of it, until somebody ends it or nobody reads any more.
struct StatusWatch {
    let layout: StateLayout
    let console: Console
    /// Services or instances; empty for all.
    let names: [String]
    let format: OutputFormat

    func run() async throws(CommandFailure) {
        if !names.isEmpty { try KnownNames.read(layout).check(names) }
        if format == .table, console.outputIsLive {
            try await StatusScreen(layout: layout, console: console, names: names).run()
        } else {
            try await follow()
        }
    }

    /// A line for each change; as JSON, all that there is in each line.
    private func follow() async throws(CommandFailure) {
        // Nobody reads any more: the write says so, and that is the end.
        signal(SIGPIPE, SIG_IGN)
        var warning: String?
        while true {
            if Self.isDaemonThere(layout) {
                let ending = try await InstanceWatch(control: try ControlClient(layout: layout), layout: layout)
                    .follow(for: nil) { watched, changes -> Result<Void, CommandFailure>? in
                        warn(&warning)
                        return print(watched, changes)
                    }
                if case .outcome(let end) = ending { return try end.get() }
            }
            // Nothing to follow yet, or any more: the next `up` is waited for. Never cancelled.
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Says on stderr that the disk is nearly full, once until it is not.
    private func warn(_ last: inout String?) {
        let warning = format == .table ? DiskWarning.text(layout) : nil
        if last == nil, let warning { console.complain(warning) }
        last = warning
    }

    static func isDaemonThere(_ layout: StateLayout) -> Bool {
        FileLock.isHeld(layout.daemonLock) || FileLock.isHeld(layout.daemonShimLock)
    }

    /// nil while it goes on.
    private func print(
        _ watched: WatchedInstances, _ changes: [WatchedInstances.Change]
    ) -> Result<Void, CommandFailure>? {
        let changes = changes.filter(isMeant)
        guard !changes.isEmpty else { return nil }
        do {
            let lines: [String] =
                switch format {
                case .table: changes.compactMap(line)
                case .json: [JSONOutput.line(try document(watched))]
                }
            let text = lines.map { $0 + "\n" }.joined()
            return (try? FileDescriptor.standardOutput.writeAll(text.utf8)) == nil ? .success(()) : nil
        } catch {
            return .failure(error)
        }
    }

    private func document(_ watched: WatchedInstances) throws(CommandFailure) -> StatusDocument {
        StatusDocument(try StatusReport.of(watched, names, layout), disk: DiskSpace(layout.root))
    }

    private func isMeant(_ change: WatchedInstances.Change) -> Bool {
        switch change {
        case .changed(let status): names.means(status.instance)
        case .removed(let instance): names.means(instance)
        case .rollout: false
        }
    }

    /// `2026-07-06T12:00:00.123Z web.1 running healthy`, and why.
    private func line(_ change: WatchedInstances.Change) -> String? {
        let time = TimeText.rfc3339(milliseconds: TimeText.nowMilliseconds)
        switch change {
        case .changed(let status):
            let health = status.health == .none ? "" : " \(status.health.rawValue)"
            let why = status.why.map { ": \(Table.Cell($0).text)" } ?? ""
            return "\(time) \(status.instance) \(status.state.rawValue)\(health)\(why)"
        case .removed(let instance): return "\(time) \(instance) gone"
        case .rollout: return nil
        }
    }
}
