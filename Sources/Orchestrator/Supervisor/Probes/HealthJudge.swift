import Manifest

/// Turns single answers of a probe into health, by thresholds, and says when to ask next. Pure: time is an argument.
///
/// Before the first success it asks every `start_interval` (25 ms), then less often the longer the start takes. Failures
/// count only after `start_period`, and only one per `interval`: asking often while starting must not use up the retries.
package struct HealthJudge: Sendable, Hashable {
    package enum Verdict: Sendable, Hashable {
        case healthy
        case unhealthy
    }

    private let probe: Probe
    private let startedAt: Int64
    private var passes = 0
    private var failures = 0
    private var lastCounted: Int64
    private var everHealthy: Bool
    private(set) var verdict: Verdict?

    /// `now` in monotonic ms. `settled` when the instance is known to be up: there is no start period any more.
    package init(_ probe: Probe, now: Int64, settled: Bool = false) {
        self.probe = probe
        startedAt = now
        lastCounted = now
        everHealthy = settled
        if settled { verdict = .healthy }
    }

    /// Takes one answer; the verdict when it changed.
    package mutating func judge(passed: Bool, now: Int64) -> Verdict? {
        if passed {
            failures = 0
            passes += 1
            guard passes >= probe.successThreshold else { return nil }
            everHealthy = true
            return change(to: .healthy)
        }
        passes = 0
        if !everHealthy {
            guard now - startedAt >= probe.startPeriod.milliseconds, now - lastCounted >= probe.interval.milliseconds
            else { return nil }
        }
        lastCounted = now
        failures += 1
        return failures >= probe.retries ? change(to: .unhealthy) : nil
    }

    /// Milliseconds until the next question.
    package func pause(now: Int64) -> Int64 {
        let interval = probe.interval.milliseconds
        if everHealthy { return passes > 0 && passes < probe.successThreshold ? min(interval, 100) : interval }
        let starting = now - startedAt
        let widened = starting < 5_000 ? probe.startInterval.milliseconds : starting / 50
        return max(1, min(interval, max(widened, probe.startInterval.milliseconds)))
    }

    private mutating func change(to next: Verdict) -> Verdict? {
        guard verdict != next else { return nil }
        verdict = next
        return next
    }
}
