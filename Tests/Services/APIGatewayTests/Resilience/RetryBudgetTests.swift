import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct RetryBudgetTests {
    @Test func `repeats are a share of the calls beside the reserve, however many fail`() {
        let time = ManualInstant()
        let budget = RetryBudget(percent: 20, now: { time.now })
        var repeats = 0
        for _ in 0..<1000 {
            budget.earn()
            if budget.spend() { repeats += 1 }
        }
        #expect(repeats == 200 + RetryBudget.reserve)
    }

    @Test func `what is not used is kept up to a limit`() {
        let time = ManualInstant()
        let budget = RetryBudget(percent: 20, now: { time.now })
        for _ in 0..<10_000 { budget.earn() }
        #expect((0..<1000).count { _ in budget.spend() } == RetryBudget.savings)
    }

    @Test func `whoever calls seldom may repeat once a second`() {
        let time = ManualInstant()
        let budget = RetryBudget(percent: 20, now: { time.now })
        #expect((0..<100).count { _ in budget.spend() } == RetryBudget.reserve)
        time.advance(by: .milliseconds(900))
        #expect(!budget.spend())
        time.advance(by: .milliseconds(100))
        #expect(budget.spend() && !budget.spend())
        time.advance(by: .seconds(3600))
        #expect((0..<100).count { _ in budget.spend() } == RetryBudget.reserve, "no more than the reserve")
    }

    @Test func `without a share there are no repeats`() {
        let time = ManualInstant()
        let budget = RetryBudget(percent: 0, now: { time.now })
        budget.earn()
        time.advance(by: .seconds(60))
        #expect(!budget.spend())
    }
}
