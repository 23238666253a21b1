import LogStore
import Manifest
import ProcessTable
import StateDirectory

/// Diagnoses as prose.
struct WhyText {
    /// Milliseconds since 1970.
    let now: Int64
    let style: Style

    /// One headline for each; what speaks for a cause stands under the first that has it.
    func rendered(_ diagnoses: [Diagnosis]) -> String {
        var told: Set<String> = []
        var lines: [String] = []
        for diagnosis in diagnoses.sorted(by: { $0.cause.chain.count < $1.cause.chain.count }) {
            lines.append(headline(diagnosis))
            let root =
                diagnosis.cause.root?.instance.description ?? diagnosis.cause.chain.last?.dependency.service ?? ""
            guard told.insert(root).inserted else { continue }
            lines += details(diagnosis).map { "  " + style.dim($0.label + ": ") + $0.text }
        }
        return lines.joined(separator: "\n")
    }

    /// `order-service.1 waits: product-service.1 is crash-looping (exit code 3 after 84 ms; …)`
    func headline(_ diagnosis: Diagnosis) -> String {
        let cause = diagnosis.cause
        let own = style.bold("\(cause.status.instance)")
        guard let last = cause.chain.last else { return "\(own) \(state(of: cause.status, diagnosis))" }
        let verb = cause.status.state == .skipped ? "was not started" : "waits"
        let name = last.instance?.instance.description ?? last.dependency.service
        let root = last.instance.map { state(of: $0, diagnosis) } ?? "does not run"
        let between = cause.chain.dropLast().compactMap { $0.instance?.instance.description }
        guard !between.isEmpty else { return "\(own) \(verb): \(name) \(root)" }
        let way = (between + [name]).joined(separator: ", which needs ")
        return "\(own) \(verb): it needs \(way), which \(root)"
    }

    /// What the root is, and the facts that make it so.
    private func state(of status: InstanceStatus, _ diagnosis: Diagnosis) -> String {
        let tone = status.tone
        func said(_ what: String, _ facts: [String]) -> String {
            let facts = facts.filter { !$0.isEmpty }
            return style.paint(what, tone) + (facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))")
        }
        let evidence = diagnosis.evidence ?? Evidence()
        let age = TimeText.coarse(.milliseconds(now - status.since))
        let reason = Table.Cell(status.reason ?? "").text
        switch status.state {
        case .crashLooping: return said("is crash-looping", exit(status, evidence) + restarts(evidence))
        case .backoff: return said("has ended and is started again", exit(status, evidence) + restarts(evidence))
        case .exited:
            let policy = diagnosis.service?.restart.condition
            return said("has ended", exit(status, evidence) + [policy == .never ? "restart: no" : ""])
        case .failed: return said("could not be started", [reason])
        case .starting where status.health == .unhealthy: return said("does not become healthy", [])
        case .starting:
            let before = evidence.exit == nil ? [] : ["before: \(exit(status, evidence).joined(separator: "; "))"]
            return said("is starting for \(age)", before + restarts(evidence))
        case .running where status.health == .unhealthy: return said("is unhealthy for \(age)", [])
        case .running: return said("is running for \(age)", [status.health == .none ? "" : status.health.rawValue])
        case .stopping: return said("is stopping for \(age)", [reason])
        case .stopped: return said("is stopped", ["somebody asked for it"])
        case .waiting, .skipped: return said("waits", [reason])
        }
    }

    /// How it ended. The supervisor's sentence comes first when it knows more than the exit code.
    private func exit(_ status: InstanceStatus, _ evidence: Evidence) -> [String] {
        guard let exit = evidence.exit else { return [Table.Cell(status.reason ?? "").text] }
        let words = "\(exit.status.words) after \(TimeText.elapsed(exit.ran))"
        guard let reason = status.reason, !reason.hasPrefix(exit.status.sentence) else { return [words] }
        return [Table.Cell(reason).text, words]
    }

    private func restarts(_ evidence: Evidence) -> [String] {
        var facts: [String] = []
        if evidence.restarts > 0 {
            let times = "\(evidence.restarts) \(evidence.restarts == 1 ? "restart" : "restarts")"
            facts.append("\(times) in \(Int(evidence.window / .seconds(1))) s")
        }
        if let next = evidence.nextStart {
            facts.append(next > now ? "next try in \(TimeText.elapsed(.milliseconds(next - now)))" : "next try now")
        }
        return facts
    }

    private func details(_ diagnosis: Diagnosis) -> [(label: String, text: String)] {
        var lines: [(label: String, text: String)] = []
        if let probe = diagnosis.evidence?.probe {
            let latency = TimeText.decimal(probe.latencyMilliseconds, places: 1)
            let age = TimeText.coarse(.milliseconds(now - probe.time))
            lines.append(
                ("\(probe.kind.rawValue) probe", "\(Table.Cell(probe.detail).text) (\(latency) ms, \(age) ago)"))
            if let body = probe.body, !body.isEmpty { lines.append(("  answer", Table.Cell(body).text)) }
        }
        if let port = diagnosis.evidence?.port {
            let owner = port.owner.map { "process \($0.pid): \(Table.Cell($0.command).text)" }
            lines.append(("port \(port.number)", "held by \(owner ?? "a process of another user")"))
        }
        if let words = diagnosis.evidence?.lastWords {
            let age = TimeText.coarse(.milliseconds(now - words.time.nanoseconds / 1_000_000))
            lines.append((words.isError ? "last error" : "last line", "\(shortened(words.message)) (\(age) ago)"))
        }
        return lines + [("next", diagnosis.next)]
    }

    private func shortened(_ text: String) -> String {
        let text = Table.Cell(text).text
        return text.count > 300 ? text.prefix(299) + "…" : text
    }
}
