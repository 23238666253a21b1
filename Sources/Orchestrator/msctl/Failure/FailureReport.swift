import LogStore

/// A failure as it is shown on stderr: the only place that turns one into text or JSON.
struct FailureReport {
    let code: Int32
    let message: String
    let hint: String?
    let details: [String]

    init(_ failure: CommandFailure) {
        code = failure.exitCode
        message = failure.message
        hint = failure.hint
        details = failure.details
    }

    /// An error that no command expected. It is shown whole, because nothing else explains it.
    init(unexpected error: any Error) {
        code = 1
        message = "\(error)"
        hint = nil
        details = []
    }

    /// Arguments that could not be parsed; `text` is the parser's own explanation.
    init(usage text: String, code: Int32) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = lines.isEmpty ? "" : lines.removeFirst()
        self.code = code
        message = first.hasPrefix("Error: ") ? String(first.dropFirst("Error: ".count)) : first
        hint = nil
        details = lines.filter { !$0.isEmpty }
    }

    func rendered(as format: OutputFormat, style: Style) -> String {
        switch format {
        case .json: JSONOutput.line(Object(report: self))
        case .table: text(style)
        }
    }

    /// What services, manifests and servers have said is part of it: nothing that a terminal obeys gets through.
    private func text(_ style: Style) -> String {
        var lines = [style.bold(style.red("msctl:")) + " " + Self.shown(message)]
        lines += details.map { "  " + Self.shown($0) }
        if let hint { lines.append(style.dim("  → ") + Self.shown(hint)) }
        return lines.joined(separator: "\n")
    }

    private static func shown(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.shown(String($0)) }
            .joined(separator: "\n")
    }

    /// `msctl.error/1`.
    private struct Object: Encodable {
        let schema = "msctl.error/1"
        let code: Int32
        let message: String
        let hint: String?
        let details: [String]

        init(report: FailureReport) {
            code = report.code
            message = report.message
            hint = report.hint
            details = report.details
        }

        enum CodingKeys: CodingKey { case schema, code, message, hint, details }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(schema, forKey: .schema)
            try container.encode(code, forKey: .code)
            try container.encode(message, forKey: .message)
            // Present even when there is none: a reader need not tell "absent" from "null".
            try container.encode(hint, forKey: .hint)
            try container.encode(details, forKey: .details)
        }
    }
}
