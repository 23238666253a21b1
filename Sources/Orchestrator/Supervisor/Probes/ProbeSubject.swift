import Manifest
import StateDirectory

/// What is probed: one run of one instance, with one of its service's probes.
struct ProbeSubject: Sendable {
    let run: RunDirectory
    let kind: ProbeReport.Kind
    let probe: Probe
    /// The port asked.
    let port: UInt16?
    /// The shim, whose descendants the port must belong to.
    let shim: Int32
    let environment: [String: String]
    let workingDirectory: String
    /// What comes before a command, so that it runs with the rights and limits of the service; empty when they are ours.
    let wrapper: [String]
    /// The run was there before this daemon: what it has logged so far was heard by the one before.
    let isAdopted: Bool

    /// Whether it asks a port, which somebody else may hold.
    var asksPort: Bool {
        switch probe.check {
        case .http, .tcp: true
        case .exec, .log: false
        }
    }
}

/// What a probe has to say: its answer, and what that makes of the instance if it makes a difference.
struct ProbeNews: Sendable {
    let run: RunDirectory
    let kind: ProbeReport.Kind
    let report: ProbeReport
    let verdict: HealthJudge.Verdict?
}
