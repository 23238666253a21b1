import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@Suite struct CircuitBreakerTests {
    @Test func `every change is told once, in order`() {
        let time = ManualInstant()
        let changes = Mutex<[CircuitBreaker.Status]>([])
        let breaker = CircuitBreaker(now: { time.now }, onChange: { status in changes.withLock { $0.append(status) } })
        func call(_ outcome: CircuitState.Outcome) {
            guard case .permitted(let permit) = breaker.begin() else { return }
            breaker.end(permit, outcome, took: .zero)
        }
        for _ in 0..<50 { call(.failed) }
        #expect(breaker.status == .open)
        time.advance(by: .seconds(1))
        #expect(breaker.status == .open, "nobody has asked")
        for _ in 0..<3 { call(.answered) }
        #expect(breaker.status == .closed)
        #expect(changes.withLock(\.self) == [.open, .halfOpen, .closed])
    }

    @Test func `many at once get no more probes than there are`() async {
        let time = ManualInstant()
        let breaker = CircuitBreaker(now: { time.now })
        for _ in 0..<20 {
            guard case .permitted(let permit) = breaker.begin() else { continue }
            breaker.end(permit, .failed, took: .zero)
        }
        time.advance(by: .seconds(1))
        let permitted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    if case .permitted = breaker.begin() { true } else { false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(permitted == 3)
    }
}
