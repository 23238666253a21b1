/// How long things take that are nobody's fault.
struct SagaPolicy: Sendable {
    /// How long a request waits for its saga before it answers 202.
    var patience = Duration.seconds(2)
    /// How long an instance may be silent before another takes over its sagas: longer than a call and a pause.
    var lease = Duration.seconds(30)
    /// How long an idempotency key without an answer is taken for a request that still runs.
    var busy = Duration.seconds(10)
    /// How often the database is searched for sagas that nobody runs.
    var search = Duration.seconds(5)
    /// At this many running sagas none are looked for; those just placed run anyway.
    var capacity = 100
    /// At this many running sagas no more orders are taken.
    var limit = 1000
    /// How long the payment provider may take for one answer.
    var payment = PaymentService.timeout
    /// The pause after that many failures in a row.
    var delay: @Sendable (Int) -> Duration = Self.jittered
    var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// From 100 ms, doubled each time up to 10 s, less a random half, so that many who failed together do not come back
    /// together.
    static let jittered: @Sendable (Int) -> Duration = { failures in
        let longest = Duration.milliseconds(min(10_000, 100 << min(max(failures - 1, 0), 7)))
        return longest * Double.random(in: 0.5...1)
    }
}
