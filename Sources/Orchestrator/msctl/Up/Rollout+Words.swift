import StateDirectory

extension Rollout {
    /// Why it has failed; nil when it has not.
    var failure: String? {
        if case .failed(let reason) = phase { reason } else { nil }
    }

    /// How many are still to be replaced, the one under way among them.
    var unfinished: Int {
        if case .replacing = phase { remaining.count + 1 } else { remaining.count }
    }

    var tone: Tone {
        switch phase {
        case .surging, .replacing, .settling: .busy
        case .done: .well
        case .failed: .ill
        }
    }

    /// `starting web.4 to stand in`, `replacing web.2 (2 of 3)`, `replaced`.
    ///
    /// - Parameter total: of those to be replaced at its beginning.
    func words(of total: Int) -> String {
        switch phase {
        case .surging: "starting \(surge) to stand in"
        case .replacing(let instance): "replacing \(instance) (\(total - remaining.count) of \(total))"
        case .settling: "draining \(surge)"
        case .done: "replaced"
        case .failed(let reason): "not replaced: \(Table.Cell(reason).text)"
        }
    }
}
