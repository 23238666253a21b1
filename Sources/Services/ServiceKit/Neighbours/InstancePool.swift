import Foundation
import Synchronization

/// The instances of one service as seen by one that calls it: how many requests it has at each, and whether it lately
/// refused a connection.
package final class InstancePool: Sendable {
    private struct Tally {
        var inFlight = 0
        /// When it was last chosen, as a running number; breaks ties, so that equals take turns.
        var turn = 0
        var passedOverUntil: ContinuousClock.Instant?
    }

    private struct State {
        var tallies: [Endpoint: Tally] = [:]
        var turns = 0
    }

    /// For how long an instance that refused a connection is not the first choice.
    package static let passOver = Duration.seconds(1)

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
            state.tallies = state.tallies.filter { $0.value.inFlight > 0 || ready.contains($0.key) }
            let candidates = ready.filter { $0 != tried }
            let willing = candidates.filter { state.tallies[$0]?.passedOverUntil.map { $0 <= now } ?? true }
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

    private func release(_ endpoint: Endpoint) {
        state.withLock { $0.tallies[endpoint]?.inFlight -= 1 }
    }
}
