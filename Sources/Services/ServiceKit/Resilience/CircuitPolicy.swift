/// When a circuit opens, for how long, and what closes it again.
package struct CircuitPolicy: Sendable, Equatable {
    /// The calls that are looked at: those that ended in the latest `buckets` stretches of `bucketLength`.
    package var buckets = 10
    package var bucketLength = Duration.seconds(1)
    /// With fewer calls in the window nothing is concluded: one of two is no ratio.
    package var minimumCalls = 20
    /// Of the calls in the window.
    package var failurePercent = 50
    /// Of the calls in the window.
    package var slowPercent = 80
    /// A call that takes this long is slow, whatever comes of it.
    package var slowAfter = Duration.seconds(5)
    /// For how long an open circuit lets nothing through at first; doubled each time the probes fail.
    package var openFor = Duration.seconds(1)
    package var longestOpen = Duration.seconds(30)
    /// How many calls a half-open circuit has under way at most, and how many must go well for it to close.
    package var probes = 3

    package init() {}
}
