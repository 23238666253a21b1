import Manifest
import Supervisor
import Testing

@Suite struct HealthJudgeTests {
    private func probe(
        interval: Duration = .seconds(5), retries: Int = 3, startPeriod: Duration = .zero, threshold: Int = 1
    ) -> Probe {
        var probe = Probe(check: .tcp)
        probe.interval = interval
        probe.retries = retries
        probe.startPeriod = startPeriod
        probe.successThreshold = threshold
        return probe
    }

    struct Change: Equatable {
        let at: Int64
        let verdict: HealthJudge.Verdict

        init(_ at: Int64, _ verdict: HealthJudge.Verdict) {
            self.at = at
            self.verdict = verdict
        }
    }

    /// A clock that jumps from question to question until `end`; what changes when. `passes` gives the answer by its time.
    private func play(
        _ judge: HealthJudge, until end: Int64, from start: Int64 = 0, passes: (Int64) -> Bool
    ) -> [Change] {
        var judge = judge
        var now = start
        var changes: [Change] = []
        while now <= end {
            if let verdict = judge.judge(passed: passes(now), asked: now) { changes.append(Change(now, verdict)) }
            now = judge.nextQuestion(after: now)
        }
        return changes
    }

    @Test func `one pass makes it healthy, and it says so once`() {
        let judge = HealthJudge(probe(), startedAt: 0)
        #expect(play(judge, until: 60_000) { $0 >= 1_000 } == [Change(1_000, .healthy)])
    }

    @Test func `failures in the start period do not count, and the first that counts is asked for on the millisecond`()
    {
        let judge = HealthJudge(probe(retries: 1, startPeriod: .milliseconds(7_777)), startedAt: 0)
        #expect(play(judge, until: 8_000) { _ in false } == [Change(7_777, .unhealthy)])
    }

    @Test(arguments: [1, 2, 3, 10])
    func `asking often while starting uses up the retries one per interval, on the millisecond`(retries: Int) {
        let judge = HealthJudge(probe(interval: .milliseconds(333), retries: retries), startedAt: 100)
        #expect(
            play(judge, until: 20_000, from: 100) { _ in false } == [Change(100 + Int64(retries) * 333, .unhealthy)])
    }

    @Test func `a start period and the retries add up`() {
        let judge = HealthJudge(probe(retries: 3, startPeriod: .seconds(20)), startedAt: 0)
        #expect(play(judge, until: 60_000) { _ in false } == [Change(30_000, .unhealthy)])
    }

    @Test func `a healthy instance needs as many failures in a row as retries, an interval apart`() {
        let judge = HealthJudge(probe(), startedAt: 0)
        #expect(
            play(judge, until: 100_000) { $0 < 10_000 || $0 > 30_000 } == [
                Change(0, .healthy), Change(20_000, .unhealthy), Change(35_000, .healthy),
            ])
    }

    @Test func `an endpoint that flaps below the thresholds never changes the health`() {
        for pattern in [[true, false], [true, false, false], [false, false, true, true]] {
            let judge = HealthJudge(probe(retries: 3), startedAt: 0, everHealthy: true, verdict: .healthy)
            #expect(play(judge, until: 1_000_000) { pattern[Int($0 / 5_000) % pattern.count] } == [])
        }
    }

    @Test func `what has become unhealthy recovers after as many passes in a row as the threshold, and not before`() {
        let flapping = [true, true, false]
        let judge = HealthJudge(
            probe(retries: 1, threshold: 3), startedAt: 0, everHealthy: true, verdict: .unhealthy)
        #expect(play(judge, until: 1_000_000) { flapping[Int($0 / 5_000) % 3] } == [])
        #expect(play(judge, until: 1_000_000) { $0 >= 50_000 } == [Change(60_000, .healthy)])
    }

    @Test func `while starting, the passes of the threshold come as fast as the questions`() {
        let judge = HealthJudge(probe(threshold: 3), startedAt: 0)
        #expect(play(judge, until: 10_000) { $0 >= 100 } == [Change(150, .healthy)])
        #expect(play(judge, until: 10_000) { $0 >= 100 && $0 != 150 } == [Change(225, .healthy)])
    }

    @Test func `it asks every 25 ms while starting, then less often, and each interval once healthy`() {
        var judge = HealthJudge(probe(startPeriod: .seconds(600)), startedAt: 0)
        #expect(judge.nextQuestion(after: 100) == 125)
        #expect(judge.nextQuestion(after: 60_000) == 61_200)
        #expect(!judge.isSteady)
        _ = judge.judge(passed: true, asked: 125)
        #expect(judge.isSteady)
        #expect(judge.nextQuestion(after: 125) == 5_125)
    }

    @Test func `a steady probe asks each interval from the beginning and has a start period too`() {
        let judge = HealthJudge(
            probe(interval: .milliseconds(250), retries: 2, startPeriod: .seconds(1)), startedAt: 0, pace: .steady)
        #expect(judge.nextQuestion(after: 250) == 500)
        #expect(play(judge, until: 5_000, from: 250) { _ in false } == [Change(1_250, .unhealthy)])
    }

    @Test func `an interval below a millisecond is one`() {
        let judge = HealthJudge(probe(interval: .microseconds(10)), startedAt: 0, everHealthy: true)
        #expect(judge.nextQuestion(after: 7) == 8)
    }
}
