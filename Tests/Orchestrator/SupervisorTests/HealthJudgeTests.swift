import Manifest
import Supervisor
import Testing

@Suite struct HealthJudgeTests {
    private func probe(retries: Int = 3, startPeriod: Duration = .zero, threshold: Int = 1) -> Probe {
        var probe = Probe(check: .tcp)
        probe.interval = .seconds(5)
        probe.retries = retries
        probe.startPeriod = startPeriod
        probe.successThreshold = threshold
        return probe
    }

    @Test func `one pass makes it healthy, and it says so once`() {
        var judge = HealthJudge(probe(), now: 0)
        #expect(judge.judge(passed: true, now: 25) == .healthy)
        #expect(judge.judge(passed: true, now: 50) == nil)
    }

    @Test func `failures in the start period do not count`() {
        var judge = HealthJudge(probe(startPeriod: .seconds(20)), now: 0)
        for now in stride(from: Int64(0), to: 19_900, by: 25) {
            #expect(judge.judge(passed: false, now: now) == nil)
        }
    }

    @Test func `asking often while starting does not use up the retries`() {
        var judge = HealthJudge(probe(retries: 2), now: 0)
        var unhealthyAt: Int64?
        for now in stride(from: Int64(0), to: 30_000, by: 25) where unhealthyAt == nil {
            if judge.judge(passed: false, now: now) == .unhealthy { unhealthyAt = now }
        }
        #expect(unhealthyAt == 10_000)
    }

    @Test func `a healthy instance needs as many failures in a row as retries`() {
        var judge = HealthJudge(probe(), now: 0)
        _ = judge.judge(passed: true, now: 0)
        #expect(judge.judge(passed: false, now: 1) == nil)
        #expect(judge.judge(passed: false, now: 2) == nil)
        #expect(judge.judge(passed: true, now: 3) == nil)
        #expect(judge.judge(passed: false, now: 4) == nil)
        #expect(judge.judge(passed: false, now: 5) == nil)
        #expect(judge.judge(passed: false, now: 6) == .unhealthy)
        #expect(judge.judge(passed: true, now: 7) == .healthy)
    }

    @Test func `the success threshold counts passes in a row`() {
        var judge = HealthJudge(probe(threshold: 2), now: 0)
        #expect(judge.judge(passed: true, now: 0) == nil)
        #expect(judge.judge(passed: false, now: 1) == nil)
        #expect(judge.judge(passed: true, now: 2) == nil)
        #expect(judge.judge(passed: true, now: 3) == .healthy)
    }

    @Test func `it asks every 25 ms while starting and each interval once healthy`() {
        var judge = HealthJudge(probe(), now: 0)
        #expect(judge.pause(now: 100) == 25)
        #expect(judge.pause(now: 60_000) == 1_200)
        _ = judge.judge(passed: true, now: 100)
        #expect(judge.pause(now: 125) == 5_000)
    }
}
