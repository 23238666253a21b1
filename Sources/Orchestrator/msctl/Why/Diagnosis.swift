import Manifest
import ProcessTable
import StateDirectory

/// The answer to "why?" for one instance: the cause, what speaks for it, and what to do.
struct Diagnosis {
    let cause: Cause
    /// Of the root; nil when the root is that there is no instance.
    let evidence: Evidence?
    /// Of the root.
    let service: Service?
    let next: String

    init(_ cause: Cause, in project: Project?, _ layout: StateLayout) throws(CommandFailure) {
        self.cause = cause
        let service = (cause.root?.instance.service).flatMap { project?[service: $0] }
        self.service = service
        if let root = cause.root {
            let evidence = try Evidence.collect(root, service, in: layout)
            self.evidence = evidence
            next = Self.next(root, evidence, service)
        } else {
            evidence = nil
            next = "msctl up \(cause.chain.last?.dependency.service ?? "")"
        }
    }

    /// One thing to do about the root.
    private static func next(_ root: InstanceStatus, _ evidence: Evidence, _ service: Service?) -> String {
        let name = root.instance.service
        if let port = evidence.port {
            let who = port.owner.map { "process \($0.pid)" } ?? "the process of another user"
            return "end \(who), or give \(name) another port and run 'msctl up'"
        }
        switch root.state {
        case .stopped: return "msctl start \(name)"
        case .failed:
            let builds = service?.build != nil
            return builds
                ? "msctl up, which builds what is missing; else correct the manifest"
                : "correct the manifest, then msctl up"
        case .starting where root.health != .unhealthy:
            return evidence.lastWords == nil ? "msctl wait \(name) --for healthy" : "msctl logs \(name) --follow"
        case .waiting, .skipped: return "msctl status"
        case .stopping: return "msctl events \(name)"
        case .starting, .running, .exited, .backoff, .crashLooping:
            return evidence.lastWords == nil ? "msctl events \(name)" : "msctl logs \(root.instance) --run last"
        }
    }
}
