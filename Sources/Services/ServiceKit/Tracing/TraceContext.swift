/// Where a request stands in a distributed trace (W3C Trace Context, level 1).
package struct TraceContext: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// Our own span: 16 lower-case hexadecimal digits, not all zero.
    package let spanID: String
    /// The caller's span; nil when the trace begins here.
    package let parentID: String?
    package let sampled: Bool

    /// No trace at all, in the place of one that is set later.
    static let none = TraceContext(
        traceID: Hexadecimal.text(0, 0), spanID: Hexadecimal.text(0), parentID: nil, sampled: false)

    /// A new trace that begins here.
    package static func fresh() -> TraceContext {
        TraceContext(
            traceID: Hexadecimal.text(randomWord(), randomWord()), spanID: newSpan(), parentID: nil, sampled: true)
    }

    /// Our span in the trace that `traceparent` names; nil when the header is not what the standard allows, in which
    /// case it must be ignored. So is more than one header: whoever put them together wrote a comma, which no version
    /// has.
    package static func continuing(_ traceparent: String) -> TraceContext? {
        guard traceparent.utf8.count <= 512,
            traceparent.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") })
        else { return nil }
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4,
            let version = hexadecimal(parts[0], 2), version != "ff", version != "00" || parts.count == 4,
            let traceID = hexadecimal(parts[1], 32), traceID.utf8.contains(where: { $0 != 0x30 }),
            let parentID = hexadecimal(parts[2], 16), parentID.utf8.contains(where: { $0 != 0x30 }),
            let flags = hexadecimal(parts[3], 2), let bits = UInt8(flags, radix: 16)
        else { return nil }
        return TraceContext(traceID: traceID, spanID: newSpan(), parentID: parentID, sampled: bits & 1 == 1)
    }

    /// The header for calls we make.
    package var traceparent: String { "00-\(traceID)-\(spanID)-\(sampled ? "01" : "00")" }

    /// A span of its own below ours, for one call that we make.
    package func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.newSpan(), parentID: spanID, sampled: sampled)
    }

    private static func hexadecimal(_ digits: Substring.UTF8View, _ count: Int) -> String? {
        let isValid =
            digits.count == count
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isValid ? String(Substring(digits)) : nil
    }

    private static func newSpan() -> String { Hexadecimal.text(randomWord()) }

    /// Never zero, so that no id is.
    private static func randomWord() -> UInt64 {
        var numbers = TraceNumbers()
        return UInt64.random(in: 1 ... .max, using: &numbers)
    }
}
