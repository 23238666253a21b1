import ServiceKit
import Synchronization

/// One call's permission to be made. What came of it is said once, when the head of the answer is there; when nobody
/// says so, because the call was cancelled or never made, it counts for nothing.
final class UpstreamPass: Sendable {
    /// Outlives the pass in whoever passes the answer's body on.
    let place: Bulkhead.Place
    private let breaker: CircuitBreaker
    private let permit: CircuitState.Permit
    private let isDecided = Atomic(false)

    init(_ permit: CircuitState.Permit, of breaker: CircuitBreaker, _ place: Bulkhead.Place) {
        self.permit = permit
        self.breaker = breaker
        self.place = place
    }

    func decide(_ outcome: CircuitState.Outcome, took time: Duration) {
        guard !isDecided.exchange(true, ordering: .acquiringAndReleasing) else { return }
        breaker.end(permit, outcome, took: time)
    }

    deinit {
        decide(.undecided, took: .zero)
    }
}
