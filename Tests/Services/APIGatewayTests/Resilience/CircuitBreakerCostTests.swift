import Foundation
import ServiceKit
import Testing

/// Says something of an optimised build only:
/// `MSCTL_MEASURE=1 swift test -c release -Xswiftc -enable-testing --filter CircuitBreakerCostTests`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MSCTL_MEASURE"] != nil, "it measures"))
struct CircuitBreakerCostTests {
    @Test func `a call through a closed circuit costs less than 500 ns`() {
        let breaker = CircuitBreaker()
        let calls = 1_000_000
        /// Nanoseconds for each call.
        func measure() -> Double {
            let start = ContinuousClock.now
            for _ in 0..<calls {
                guard case .permitted(let permit) = breaker.begin() else { continue }
                breaker.end(permit, .answered, took: .zero)
            }
            return start.duration(to: .now) / .nanoseconds(calls)
        }
        let best = (0..<5).map { _ in measure() }.min() ?? .infinity
        print("circuit breaker, closed: \(best.rounded()) ns for each call")
        #expect(best < 500)
        #expect(breaker.status == .closed)
    }
}
