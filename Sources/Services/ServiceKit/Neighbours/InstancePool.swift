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
        let endpoint: Endpoint
        var inFlight = 0
        /// When it was last chosen, as a running number; breaks ties, so that equals take turns.
        var turn = 0
        var passedOverUntil: ContinuousClock.Instant?
        /// Calls that failed since the last one that did not.
        var failures = 0
        /// How often it was passed over for these.
        var ejections = 0
        var ejectedUntil: ContinuousClock.Instant?

        /// - Parameter now: asked only of one that has been passed over before.
        func isWilling(at now: () -> ContinuousClock.Instant) -> Bool {
            (passedOverUntil.map { $0 <= now() } ?? true) && !isEjected(at: now)
        }

        func isEjected(at now: () -> ContinuousClock.Instant) -> Bool {
            ejectedUntil.map { $0 > now() } ?? false
        }
    }

    /// What a call says of the instance it was made to.
    package enum Verdict: Sendable {
        case well
        /// It broke off, was too late, or said that it failed.
        case failed
    }

    private struct State {
        /// Few: to look through them costs less than to hash.
        var tallies: [Tally] = []
        var turns = 0

        func index(of endpoint: Endpoint) -> Int? {
            tallies.firstIndex { $0.endpoint == endpoint }
        }

        /// Where the tally of `endpoint` is, from now on if it had none.
        mutating func place(of endpoint: Endpoint) -> Int {
            if let index = index(of: endpoint) { return index }
            tallies.append(Tally(endpoint: endpoint))
            return tallies.count - 1
        }

        func isEjected(_ endpoint: Endpoint, at now: () -> ContinuousClock.Instant) -> Bool {
            index(of: endpoint).map { tallies[$0].isEjected(at: now) } ?? false
        }

        /// How good a choice an instance is: the least is the best.
        func rank(of endpoint: Endpoint, at now: () -> ContinuousClock.Instant) -> Rank {
            guard let index = index(of: endpoint) else { return (0, 0, 0) }
            let tally = tallies[index]
            return (tally.isWilling(at: now) ? 0 : 1, tally.inFlight, tally.turn)
        }
    }

    private typealias Rank = (unwilling: Int, inFlight: Int, turn: Int)

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
        let chosen: Endpoint? = state.withLock { state in
            if state.tallies.count > ready.count {
                state.tallies.removeAll { $0.inFlight == 0 && !ready.contains($0.endpoint) }
            }
            var best: (endpoint: Endpoint, rank: Rank)?
            for endpoint in ready where endpoint != tried {
                let rank = state.rank(of: endpoint, at: now)
                if best.map({ rank < $0.rank }) ?? true { best = (endpoint, rank) }
            }
            guard let chosen = best?.endpoint else { return nil }
            let place = state.place(of: chosen)
            state.turns += 1
            state.tallies[place].turn = state.turns
            state.tallies[place].inFlight += 1
            return chosen
        }
        return chosen.map { InstanceLease(of: $0, in: self) }
    }

    /// Where to send a request again that came to nothing at `tried`: to another instance, or when a connection broke, to
    /// the same one over a new connection. nil when there is nowhere.
    package func lease(after failure: CallFailure, at tried: Endpoint) -> InstanceLease? {
        lease(otherThan: tried) ?? (failure == .broken ? lease() : nil)
    }

    /// Notes that `endpoint` refused a connection.
    package func passOver(_ endpoint: Endpoint) {
        let end = now().advanced(by: Self.passOver)
        state.withLock { $0.tallies[$0.place(of: endpoint)].passedOverUntil = end }
    }

    /// Notes what came of a call to `endpoint`.
    package func report(_ endpoint: Endpoint, _ verdict: Verdict) {
        state.withLock { state in
            let place = state.place(of: endpoint)
            switch verdict {
            case .well:
                state.tallies[place].failures = 0
                state.tallies[place].ejections = 0
            case .failed:
                state.tallies[place].failures += 1
                let tally = state.tallies[place]
                // Those of its calls that were under way at the time say nothing more.
                guard tally.failures >= Self.failureLimit, !tally.isEjected(at: now) else { break }
                let ready = ready()
                let ejected = ready.count { state.isEjected($0, at: now) }
                guard (ejected + 1) * 2 <= ready.count else { break }
                let time = min(Self.longestEjection, Self.ejection * (1 << min(tally.ejections, 10)))
                state.tallies[place].ejectedUntil = now().advanced(by: time)
                state.tallies[place].ejections += 1
            }
        }
    }

    /// The end of a lease.
    func release(_ endpoint: Endpoint) {
        state.withLock { state in
            if let index = state.index(of: endpoint) { state.tallies[index].inFlight -= 1 }
        }
    }
}
