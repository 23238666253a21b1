import Foundation
import Synchronization

/// The instances of one service as seen by one that calls it: how many requests it has at each, and which of them lately
/// refused a connection or did nothing but fail.
///
/// An instance that fails at once is never busy, so that the least busy one is most often the sick one. Hence one that has
/// failed a few times in a row is passed over, each time for longer, until something goes well there. At most half of the
/// instances are: when most of them fail, it is not the instance.
package final class InstancePool: Sendable {
    /// What a call says of the instance it was made to.
    package enum Verdict: Sendable {
        case well
        /// It broke off, was too late, or said that it failed.
        case failed
    }

    private struct Known {
        var endpoint: Endpoint
        let tally: InstanceTally
    }

    private struct State {
        /// Few: to look through them costs less than to hash.
        var known: [Known] = []
        var turns = 0

        /// The tally of `endpoint`, from now on if it had none.
        mutating func tally(of endpoint: Endpoint) -> InstanceTally {
            for index in known.indices where known[index].endpoint === endpoint { return known[index].tally }
            if let index = known.firstIndex(where: { $0.endpoint == endpoint }) {
                // It was announced anew, and is found at once the next time.
                known[index].endpoint = endpoint
                return known[index].tally
            }
            let tally = InstanceTally()
            known.append(Known(endpoint: endpoint, tally: tally))
            return tally
        }

        /// The best of `ready` other than `tried`.
        mutating func best(
            of ready: [Endpoint], otherThan tried: Endpoint?, at now: () -> ContinuousClock.Instant
        ) -> Known? {
            if ready.count == 1, tried == nil { return Known(endpoint: ready[0], tally: tally(of: ready[0])) }
            var best: Known?
            var least: InstanceTally.Rank = (0, 0, 0)
            for endpoint in ready where endpoint != tried {
                let tally = tally(of: endpoint)
                let rank = tally.rank(at: now)
                guard best == nil || rank < least else { continue }
                best = Known(endpoint: endpoint, tally: tally)
                least = rank
            }
            return best
        }
    }

    /// For how long an instance that refused a connection is not the first choice.
    package static let passOver = Duration.seconds(1)
    /// After so many failures in a row an instance is passed over.
    package static let failureLimit = 5
    /// For how long at first; doubled each time, up to `longestEjection`.
    package static let ejection = Duration.seconds(1)
    package static let longestEjection = Duration.seconds(30)

    /// The service's name in the orchestrator.
    package let service: String
    private let now: @Sendable () -> ContinuousClock.Instant
    private let ready: @Sendable () -> [Endpoint]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - now: the monotonic clock.
    ///   - ready: asked for each request, so that none is sent to an instance that is ready no more.
    package init(
        _ service: String, now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        ready: @escaping @Sendable () -> [Endpoint]
    ) {
        self.service = service
        self.now = now
        self.ready = ready
    }

    /// The instances that the orchestrator announces. When there are none, or no orchestrator, the one at `address`: who
    /// holds its socket lets the connection wait.
    package convenience init(_ service: String, in runtime: ServiceRuntime, address: URL) {
        let fixed = [Endpoint(instance: service, url: address)]
        let endpoints = runtime.endpoints
        self.init(service, now: runtime.now) {
            let ready = endpoints?.ready(service) ?? []
            return ready.isEmpty ? fixed : ready
        }
    }

    package var readyCount: Int { ready().count }

    /// The ready instance with the fewest requests under way, other than `tried`; nil when there is none.
    ///
    /// One that is being passed over is taken only when no other is left: it may be back, and asking costs less than
    /// turning the client away.
    package func lease(otherThan tried: Endpoint? = nil) -> InstanceLease? {
        let ready = ready()
        let chosen = state.withLock { state in
            if state.known.count > ready.count {
                state.known.removeAll { $0.tally.isIdle && !ready.contains($0.endpoint) }
            }
            let chosen = state.best(of: ready, otherThan: tried, at: now)
            state.turns += 1
            chosen?.tally.begin(turn: state.turns)
            return chosen
        }
        guard let chosen else { return nil }
        return InstanceLease(of: chosen.endpoint, chosen.tally, in: self)
    }

    /// Where to send a request again that came to nothing at `tried`: to another instance, or when a connection broke, to
    /// the same one over a new connection. nil when there is nowhere.
    package func lease(after failure: CallFailure, at tried: Endpoint) -> InstanceLease? {
        lease(otherThan: tried) ?? (failure == .broken ? lease() : nil)
    }

    /// Notes that `endpoint` refused a connection.
    package func passOver(_ endpoint: Endpoint) {
        passOver(state.withLock { $0.tally(of: endpoint) })
    }

    /// Notes what came of a call to `endpoint`.
    package func report(_ endpoint: Endpoint, _ verdict: Verdict) {
        report(state.withLock { $0.tally(of: endpoint) }, verdict)
    }

    func passOver(_ tally: InstanceTally) {
        let end = now().advanced(by: Self.passOver)
        tally.numbers.withLock { $0.passedOverUntil = end }
    }

    func report(_ tally: InstanceTally, _ verdict: Verdict) {
        switch verdict {
        case .well:
            tally.numbers.withLock {
                $0.failures = 0
                $0.ejections = 0
            }
        case .failed:
            let failures = tally.numbers.withLock { numbers in
                numbers.failures += 1
                return numbers.failures
            }
            if failures >= Self.failureLimit { eject(tally) }
        }
    }

    /// Passes an instance over for its failures, unless too many are.
    private func eject(_ tally: InstanceTally) {
        state.withLock { state in
            // Those of its calls that were under way at the time say nothing more.
            guard !tally.isEjected(at: now) else { return }
            let ready = ready()
            let ejected = ready.count { state.tally(of: $0).isEjected(at: now) }
            guard (ejected + 1) * 2 <= ready.count else { return }
            tally.numbers.withLock { numbers in
                let time = min(Self.longestEjection, Self.ejection * (1 << min(numbers.ejections, 10)))
                numbers.ejectedUntil = now().advanced(by: time)
                numbers.ejections += 1
            }
        }
    }
}
