import StateDirectory

/// What a question came to, before it is dated and judged.
struct ProbeAnswer: Sendable {
    var outcome: ProbeReport.Outcome
    /// One line: what was asked and what came back.
    var detail: String
    /// What came back, from its beginning; the report keeps 200 bytes of it.
    var body: [UInt8] = []
}

extension ProbeReport {
    /// The most of a body that is kept, in bytes.
    static let bodyLimit = 200

    init(_ answer: ProbeAnswer, kind: Kind, time: Int64, latencyNanoseconds: Int64) {
        // Two decimals: a hundredth of a millisecond is what one measurement is worth.
        let latency = Double((latencyNanoseconds + 5_000) / 10_000) / 100
        self.init(
            time: time, outcome: answer.outcome, latencyMilliseconds: latency, detail: answer.detail,
            body: answer.body.isEmpty ? nil : Self.snippet(answer.body))
        self.kind = kind
    }

    /// The detail with the beginning of the answer's body, on one line and without control characters: what a service
    /// answers becomes part of a reason that is shown on terminals.
    var sentence: String {
        guard let body, !body.isEmpty else { return Self.oneLine(detail) }
        return Self.oneLine("\(detail): \(body.prefix(120))")
    }

    /// As text of at most 200 bytes that ends with a whole character; what is no UTF-8 shows as U+FFFD.
    static func snippet(_ bytes: [UInt8]) -> String {
        var text = ""
        var size = 0
        for scalar in String(decoding: bytes.prefix(bodyLimit + 4), as: UTF8.self).unicodeScalars {
            size += UTF8.width(scalar)
            if size > bodyLimit { break }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(line)
    }
}
