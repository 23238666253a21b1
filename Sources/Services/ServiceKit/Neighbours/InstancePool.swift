import Foundation
import Synchronization

/// The instances of one service as seen by one that calls it: how many requests it has at each, and which of them lately
/// refused a connection or did nothing but fail.
///
/// An instance that fails at once is never busy, so that the least busy one is most often the sick one. Hence one that has
/// failed a few times in a row is passed over, each time for longer, until something goes well there. At most half of the
/// instances are: when most of them fail, it is not the instance.
package final class InstancePool: Sendable {
    private struct Tally {
        var inFlight = 0
        /// When it was last chosen, as a running number; breaks ties, so that equals take turns.
        var turn = 0
        var passedOverUntil: ContinuousClock.Instant?
        /// Calls that failed since the last one that did not.
        var failures = 0
        /// How often it was passed over for these.
        var ejections = 0
        var ejectedUntil: ContinuousClock.Instant?

        func isWilling(at now: ContinuousClock.Instant) -> Bool {
            (passedOverUntil.map { $0 <= now } ?? true) && !isEjected(at: now)
        }

        func isEjected(at now: ContinuousClock.Instant) -> Bool {
            ejectedUntil.map { $0 > now } ?? false
        }
    }

    /// What a call says of the instance it was made to.
    package enum Verdict: Sendable {
        case well
        /// It broke off, was too late, or said that it failed.
        case failed
    }

    private struct State {
        var tallies: [Endpoint: Tally] = [:]
        var turns = 0
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
        let now = now()
        let chosen: Endpoint? = state.withLock { state in
            if state.tallies.count > ready.count {
                state.tallies = state.tallies.filter { $0.value.inFlight > 0 || ready.contains($0.key) }
            }
            let candidates = ready.filter { $0 != tried }
            let willing = candidates.filter { state.tallies[$0]?.isWilling(at: now) ?? true }
            let chosen = (willing.isEmpty ? candidates : willing).min { one, other in
                let (one, other) = (state.tallies[one] ?? Tally(), state.tallies[other] ?? Tally())
                return (one.inFlight, one.turn) < (other.inFlight, other.turn)
            }
            guard let chosen else { return nil }
            state.turns += 1
            state.tallies[chosen, default: Tally()].turn = state.turns
            state.tallies[chosen, default: Tally()].inFlight += 1
            return chosen
        }
        return chosen.map { endpoint in InstanceLease(of: endpoint) { self.release(endpoint) } }
    }

    /// Where to send a request again that came to nothing at `tried`: to another instance, or when a connection broke, to
    /// the same one over a new connection. nil when there is nowhere.
    package func lease(after failure: CallFailure, at tried: Endpoint) -> InstanceLease? {
        lease(otherThan: tried) ?? (failure == .broken ? lease() : nil)
    }

    /// Notes that `endpoint` refused a connection.
    package func passOver(_ endpoint: Endpoint) {
        let end = now().advanced(by: Self.passOver)
        state.withLock { $0.tallies[endpoint, default: Tally()].passedOverUntil = end }
    }

    /// Notes what came of a call to `endpoint`.
    package func report(_ endpoint: Endpoint, _ verdict: Verdict) {
        state.withLock { state in
            var tally = state.tallies[endpoint] ?? Tally()
            switch verdict {
            case .well:
                tally.failures = 0
                tally.ejections = 0
            case .failed:
                tally.failures += 1
                let now = now()
                // Those of its calls that were under way at the time say nothing more.
                guard tally.failures >= Self.failureLimit, !tally.isEjected(at: now) else { break }
                let ready = ready()
                let ejected = ready.count { state.tallies[$0]?.isEjected(at: now) ?? false }
                guard (ejected + 1) * 2 <= ready.count else { break }
                let time = min(Self.longestEjection, Self.ejection * (1 << min(tally.ejections, 10)))
                tally.ejectedUntil = now.advanced(by: time)
                tally.ejections += 1
            }
            state.tallies[endpoint] = tally
        }
    }

    private func release(_ endpoint: Endpoint) {
        state.withLock { $0.tallies[endpoint]?.inFlight -= 1 }
    }
}
