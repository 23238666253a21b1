/// What one check came to.
struct Finding: Encodable, Equatable {
    enum Verdict: String, Encodable, Comparable {
        case ok
        case warn
        case fail

        static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warn: 1
            case .fail: 2
            }
        }
    }
    /// What was looked at, in a word or two; stable, for scripts.
    let check: String
    let verdict: Verdict
    /// What was found.
    let detail: String
    /// What to do about it; nil when nothing is to be done.
    let advice: String?

    static func ok(_ check: String, _ detail: String) -> Finding {
        Finding(check: check, verdict: .ok, detail: detail, advice: nil)
    }
    static func warn(_ check: String, _ detail: String, _ advice: String) -> Finding {
        Finding(check: check, verdict: .warn, detail: detail, advice: advice)
    }
    static func fail(_ check: String, _ detail: String, _ advice: String) -> Finding {
        Finding(check: check, verdict: .fail, detail: detail, advice: advice)
    }
}

/// `msctl.doctor/1`.
struct DoctorDocument: Encodable {
    let schema = "msctl.doctor/1"
    let ok: Int
    let warn: Int
    let fail: Int
    let checks: [Finding]

    init(_ findings: [Finding]) {
        checks = findings
        ok = findings.count { $0.verdict == .ok }
        warn = findings.count { $0.verdict == .warn }
        fail = findings.count { $0.verdict == .fail }
    }
}

/// Findings for people.
enum DoctorText {
    static func rendered(_ findings: [Finding], style: Style) -> String {
        let width = findings.map(\.check.count).max() ?? 0
        return findings.map { finding in
            let padding = String(repeating: " ", count: width - finding.check.count)
            let verdict = style.paint(finding.verdict.rawValue, finding.verdict.tone)
            let gap = String(repeating: " ", count: 4 - finding.verdict.rawValue.count)
            let line = "\(verdict)\(gap)  \(finding.check)\(padding)  \(Table.Cell(finding.detail).text)"
            guard let advice = finding.advice else { return line }
            return line + "\n" + String(repeating: " ", count: width + 8) + style.dim("→ ") + Table.Cell(advice).text
        }.joined(separator: "\n")
    }
}

extension Finding.Verdict {
    fileprivate var tone: Tone {
        switch self {
        case .ok: .well
        case .warn: .busy
        case .fail: .ill
        }
    }
}
