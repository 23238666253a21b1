import StateDirectory

/// What is seen of instances on their way, and of rollouts: a block of lines that is redrawn on a terminal, a line for each
/// change elsewhere.
struct UpProgress {
    private let instances: [InstanceID]
    private let ids: Set<InstanceID>
    private let console: Console
    private let redraws: Bool
    private let width: Int
    private var words: [InstanceID: (text: String, tone: Tone)] = [:]
    /// When each began to start; the time to readiness counts from there. Milliseconds since 1970.
    private var started: [InstanceID: Int64] = [:]
    private var rollouts: [String: (text: String, tone: Tone)] = [:]
    /// How many instances each service's rollout is to replace.
    private var totals: [String: Int] = [:]
    private var drawn = 0

    /// - Parameters:
    ///   - before: what was known before the change; it is no news.
    ///   - redraws: false when other lines come between these, such as logs.
    init(_ instances: [InstanceID], before: [InstanceStatus] = [], console: Console, redraws: Bool = true) {
        self.instances = instances
        ids = Set(instances)
        self.console = console
        self.redraws = redraws && console.errorIsLive
        width = instances.map(\.description.count).max() ?? 0
        for status in before where status.settled { words[status.instance] = (text(status), status.tone) }
    }

    mutating func show(_ changes: [WatchedInstances.Change]) {
        let lines = changes.compactMap { news($0) }
        guard !lines.isEmpty else { return }
        if redraws {
            console.talk(raw: frame())
        } else {
            for line in lines { console.talk(line) }
        }
    }

    /// The line that a change makes; nil when it would say what was said before.
    private mutating func news(_ change: WatchedInstances.Change) -> String? {
        switch change {
        case .changed(let status):
            guard ids.contains(status.instance) else { return nil }
            if status.state == .starting { started[status.instance] = status.since }
            let text = text(status)
            guard words[status.instance]?.text != text else { return nil }
            words[status.instance] = (text, status.tone)
            return line(status.instance.description, words[status.instance])
        case .rollout(let rollout):
            guard instances.contains(where: { $0.service == rollout.service }) else { return nil }
            if case .surging = rollout.phase { totals[rollout.service] = rollout.unfinished }
            let total = max(totals[rollout.service] ?? 0, rollout.unfinished)
            totals[rollout.service] = total
            let text = rollout.words(of: total)
            guard rollouts[rollout.service]?.text != text else { return nil }
            rollouts[rollout.service] = (text, rollout.tone)
            return line(rollout.service, rollouts[rollout.service])
        case .removed:
            return nil
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
        case .waiting: status.why ?? "waiting"
        default: status.state.rawValue + (status.why.map { ": \($0)" } ?? "")
        }
    }

    private func line(_ name: String, _ words: (text: String, tone: Tone)?) -> String {
        let word = words.map { console.errorStyle.paint($0.text, $0.tone) } ?? ""
        return name + String(repeating: " ", count: max(0, width - name.count)) + "  " + word
    }

    /// Back to the first line of the block, then each line over what was there; no line wraps.
    private mutating func frame() -> String {
        let lines =
            instances.filter { words[$0] != nil }.map { line($0.description, words[$0]) }
            + rollouts.keys.sorted().map { line($0, rollouts[$0]) }
        let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        drawn = lines.count
        return "\u{1B}[?7l" + up + lines.map { "\r\u{1B}[2K" + $0 + "\n" }.joined() + "\u{1B}[?7h"
    }
}
