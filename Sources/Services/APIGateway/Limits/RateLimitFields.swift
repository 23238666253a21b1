import ServiceKit

/// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): the limits that a request is under, and
/// what is left of them. On every answer, errors included; what an upstream says of limits of its own is not for those who
/// ask us.
struct RateLimitFields: Sendable {
    private struct Told: Sendable {
        let limit: RateLimits.Limit
        let level: TokenQuota.Level

        /// In both fields, in bytes, at most.
        var size: Int { limit.policy.utf8.count + limit.remaining.utf8.count + 64 }

        func write(to writer: inout RawWriter) {
            writer.write(limit.remaining)
            writer.write(decimal: Int64(level.remaining))
            guard let seconds = level.nextAfter else { return }
            writer.write(constant: ";t=")
            writer.write(decimal: Int64(seconds))
        }
    }

    /// Mostly the only one, so that there is nothing to allocate.
    private var first: Told?
    private var others: [Told] = []

    /// - Parameter level: what was left when the request was counted.
    mutating func add(_ limit: RateLimits.Limit, _ level: TokenQuota.Level) {
        let told = Told(limit: limit, level: level)
        if first == nil { first = told } else { others.append(told) }
    }

    func add(to fields: inout FieldBytes) {
        guard let first else { return }
        var size = first.size + 64
        for other in others { size += other.size }
        fields.add(upTo: size) { writer in
            writer.write(constant: "RateLimit-Policy: ")
            writer.write(first.limit.policy)
            for other in others {
                writer.write(constant: ", ")
                writer.write(other.limit.policy)
            }
            writer.lineEnd()
            writer.write(constant: "RateLimit: ")
            first.write(to: &writer)
            for other in others {
                writer.write(constant: ", ")
                other.write(to: &writer)
            }
            writer.lineEnd()
        }
    }
}
