// What a call through a closed circuit costs: the permission to make it, and telling what came of it.
//
//     cd Sources/Services/ServiceKit
//     swiftc -O -wmo -parse-as-library -package-name msctl -o /tmp/breaker ../../../Benchmarks/breaker.swift \
//         Resilience/Circuit*.swift Resilience/CallWindow.swift Values/Duration+Whole.swift && /tmp/breaker
//
// Method: the service's own files, optimised as in a release; a million calls by one thread, the best of five rounds.
// Wanted: under 500 ns.

@main enum Breaker {
    static func main() {
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
        print("a call through a closed circuit: \(best.rounded()) ns  wanted < 500: \(best < 500 ? "MET" : "MISSED")")
    }
}
