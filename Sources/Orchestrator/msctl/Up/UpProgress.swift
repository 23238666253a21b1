import StateDirectory

/// What is seen of instances on their way: a block of lines that is redrawn on a terminal, a line for each change elsewhere.
struct UpProgress {
    private let instances: [InstanceID]
    private let console: Console
    private let width: Int
    private var words: [InstanceID: (text: String, tone: Tone)] = [:]
    /// When each began to start; the time to readiness counts from there. Milliseconds since 1970.
    private var started: [InstanceID: Int64] = [:]
    private var drawn = 0

    /// - Parameter before: what was known before the change; it is no news.
    init(_ instances: [InstanceID], before: [InstanceStatus] = [], console: Console) {
        self.instances = instances
        self.console = console
        width = instances.map(\.description.count).max() ?? 0
        for status in before where status.settled { words[status.instance] = (text(status), status.tone) }
    }

    mutating func show(_ changes: [WatchedInstances.Change]) {
        var lines: [String] = []
        for case .changed(let status) in changes where instances.contains(status.instance) {
            if status.state == .starting { started[status.instance] = status.since }
            let text = text(status)
            guard words[status.instance]?.text != text else { continue }
            words[status.instance] = (text, status.tone)
            lines.append(line(status.instance))
        }
        guard !lines.isEmpty else { return }
        if console.errorIsLive {
            console.talk(raw: frame())
        } else {
            for line in lines { console.talk(line) }
        }
    }

    /// `ready in 84 ms`, `waiting for user-service to be healthy`, `exited: exit code 1`.
    func text(_ status: InstanceStatus) -> String {
        switch status.state {
        case .running where status.isReady:
            started[status.instance].map { "ready in \(TimeText.elapsed(.milliseconds(max(0, status.since - $0))))" }
                ?? "ready"
        case .exited where status.exit?.isSuccess == true: "done"
        case .running where status.health == .unhealthy: "unhealthy" + (status.why.map { ": \($0)" } ?? "")
        // The reason is a sentence of its own: "waiting for …".
        case .waiting: status.reason ?? "waiting"
        default: status.state.rawValue + (status.why.map { ": \($0)" } ?? "")
        }
    }

    private func line(_ instance: InstanceID) -> String {
        let name = instance.description
        let word = words[instance].map { console.errorStyle.paint($0.text, $0.tone) } ?? ""
        return name + String(repeating: " ", count: width - name.count) + "  " + word
    }

    /// Back to the first line of the block, then each line over what was there; no line wraps.
    private mutating func frame() -> String {
        let known = instances.filter { words[$0] != nil }
        let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        drawn = known.count
        return "\u{1B}[?7l" + up + known.map { "\r\u{1B}[2K" + line($0) + "\n" }.joined() + "\u{1B}[?7h"
    }
}
