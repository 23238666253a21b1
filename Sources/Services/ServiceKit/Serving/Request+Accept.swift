import Hummingbird

extension Request {
    /// Whether the client takes JSON, by its `Accept` (RFC 9110 section 12.5.1): the most specific range that names it
    /// decides. Without the field, or with an empty one, he takes anything.
    var acceptsJSON: Bool {
        guard let accept = headers[.accept] else { return true }
        var verdict: (precision: Int, isTaken: Bool)?
        var isEmpty = true
        for element in accept.lowercased().split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let range = parts.first, !range.isEmpty else { continue }
            isEmpty = false
            guard let precision = ["*/*", "application/*", "application/json"].firstIndex(of: range) else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if precision >= verdict?.precision ?? 0 { verdict = (precision, quality > 0) }
        }
        return verdict?.isTaken ?? isEmpty
    }
}
