import ControlAPI
import StateDirectory
import SystemPackage

/// Whether somebody looks after what is wanted.
struct DaemonCheck {
    let layout: StateLayout

    func findings() async throws(CommandFailure) -> [Finding] {
        let reader = StateReader(layout: layout)
        switch reader.daemon() {
        case .absent:
            let statuses = try CommandFailure.reading { () throws(StateError) in try reader.storedStatuses() }
            let wanted = statuses.filter { $0.wanted && !$0.leaving }
            guard !wanted.isEmpty else { return [.ok("daemon", "nothing is running, so there is none")] }
            return [
                .fail(
                    "daemon", "nobody looks after \(wanted.map(\.instance.description).joined(separator: ", "))",
                    "msctl up takes over what runs and starts the rest")
            ]
        case .returning:
            return [.warn("daemon", "msctld is just starting", "ask again in a moment; its log is \(layout.daemonLog)")]
        case .running(let pid, _):
            return [try await answer(of: pid)]
        }
    }

    private func answer(of pid: Int32) async throws(CommandFailure) -> Finding {
        let status: DaemonStatus?
        do {
            status = try await ControlClient(layout: layout).statusIfAnswering()
        } catch {
            return .fail("daemon", error.message, "msctl daemon restart; its log is \(layout.daemonLog)")
        }
        guard let status else {
            return .fail(
                "daemon", "msctld (process \(pid)) does not answer at \(layout.controlSocket)",
                "end process \(pid); its shim starts another, and services do not notice")
        }
        guard status.version == ControlAPI.version else {
            return .fail(
                "daemon", "msctld (process \(pid)) speaks version \(status.version), this msctl \(ControlAPI.version)",
                "msctl daemon restart")
        }
        return .ok("daemon", "msctld (process \(pid)) answers")
    }
}
