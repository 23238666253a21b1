/// `expect_body`: a regular expression that the answer's body must match.
///
/// An expression may take long over a body it was not made for, so it is matched on another thread; a body that has matched
/// before needs no second look, which most health endpoints always give.
final class BodyExpectation {
    let pattern: String
    private var known: [UInt8]?
    private var isMatching = false

    init(_ pattern: String) { self.pattern = pattern }

    func isKnown(_ body: [UInt8]) -> Bool { known == body }

    func remember(_ body: [UInt8]) { known = body }

    /// Begins to match; `matched` is sent when it is done. False while an earlier body is still being matched: one thread
    /// at a time is all that an expression without end may hold.
    func match(_ body: [UInt8], line: ProbeLine) -> Bool {
        guard !isMatching else { return false }
        isMatching = true
        line.elsewhere { [pattern] in .matched(Pattern(pattern).matches(body[...])) }
        return true
    }

    /// The thread is free again; to be said of every `matched`, also one that came too late.
    func matchingEnded() { isMatching = false }
}
