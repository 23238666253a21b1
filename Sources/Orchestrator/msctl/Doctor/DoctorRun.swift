import Manifest
import StateDirectory

/// Every check, in the order in which one would look.
struct DoctorRun {
    let context: CommandContext

    func findings() async throws(CommandFailure) -> [Finding] {
        var (project, findings) = ManifestCheck.read(context)
        // A broken manifest hides no broken state.
        let layout = try? context.layout()
        if project == nil, let layout { project = try? StateReader(layout: layout).project() }
        var daemon: Int32?
        if let layout, case .running(let pid, _) = StateReader(layout: layout).daemon() { daemon = pid }
        findings =
            KernelCheck.findings() + [CgroupCheck.finding(project)] + LimitCheck(project, daemon: daemon).findings()
            + (await ProgramCheck(environment: context.environment).findings(project)) + findings
        guard let layout else { return findings }
        let state = StateCheck(layout: layout).findings()
        findings += state
        // What cannot be read is told already, and once.
        guard !state.contains(where: { $0.check == "state directory" && $0.verdict == .fail }) else { return findings }
        findings += try await DaemonCheck(layout: layout).findings()
        return findings + (try ProcessCheck(layout: layout, project: project).findings())
    }
}
