import Manifest

/// Turns single answers of a probe into health, by thresholds, and says when to ask next. Pure: times are arguments, in
/// monotonic milliseconds.
///
/// While an instance starts it is asked every `start_interval` (25 ms), then less often the longer the start takes. Until
/// the first success failures count only after `start_period`, and only one per `interval`: asking often must not use up the
/// retries. From then on every answer counts and is asked for each `interval`, so that an instance changes its health after
/// `retries` failures or `success_threshold` passes in a row and at no other time.
package struct HealthJudge: Sendable, Hashable {
    package enum Verdict: Sendable, Hashable {
        case healthy
        case unhealthy
    }

    package enum Pace: Sendable, Hashable {
        /// Often at first: somebody waits for the instance to become ready.
        case adaptive
        /// Each interval from the beginning: an answer only matters when it has been bad for a while.
        case steady
    }

    private let probe: Probe
    private let pace: Pace
    private let startedAt: Int64
    private var passes = 0
    private var failures = 0
    private var lastCounted: Int64
    private var everHealthy: Bool
    private(set) var verdict: Verdict?

    /// - Parameters:
    ///   - startedAt: when the start period began.
    ///   - everHealthy: the instance has been up before: there is no start period any more.
    ///   - verdict: what is known already.
    package init(
        _ probe: Probe, startedAt: Int64, pace: Pace = .adaptive, everHealthy: Bool = false, verdict: Verdict? = nil
    ) {
        self.probe = probe
        self.pace = pace
        self.startedAt = startedAt
        lastCounted = startedAt
        self.everHealthy = everHealthy
        self.verdict = verdict
    }

    /// Takes the answer to the question that was asked at `asked`; the verdict when it changed.
    package mutating func judge(passed: Bool, asked: Int64) -> Verdict? {
        if passed {
            failures = 0
            passes += 1
            guard passes >= probe.successThreshold else { return nil }
            everHealthy = true
            return change(to: .healthy)
        }
        passes = 0
        if !everHealthy, asked < nextCount { return nil }
        lastCounted = asked
        failures += 1
        return failures >= probe.retries ? change(to: .unhealthy) : nil
    }

    /// When to ask again.
    package func nextQuestion(after asked: Int64) -> Int64 {
        let interval = max(1, probe.interval.milliseconds)
        guard !isSteady else { return asked + interval }
        let starting = asked - startedAt
        let often = max(1, probe.startInterval.milliseconds)
        let next = asked + min(interval, starting < 5_000 ? often : max(often, starting / 50))
        // A question falls on the moment from which a failure counts, so that the retries are used up when they should be.
        return asked < nextCount ? min(next, nextCount) : next
    }

    /// Whether it is asked each interval from now on.
    package var isSteady: Bool { everHealthy || pace == .steady }

    /// Before the first success: from when a failure counts.
    package var nextCount: Int64 {
        max(startedAt + probe.startPeriod.milliseconds, lastCounted + probe.interval.milliseconds)
    }

    private mutating func change(to next: Verdict) -> Verdict? {
        guard verdict != next else { return nil }
        verdict = next
        return next
    }
}
