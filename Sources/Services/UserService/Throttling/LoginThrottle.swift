import HTTPTypes
import ServiceKit
import Synchronization

/// Bears a bounded number of wrong passwords, before any of them is hashed: of one address for one account and of one
/// address strictly, of one account from everywhere loosely, so that somebody who guesses does not lock the owner out.
///
/// Accounts are told apart by what was typed, whether there is such an account or not, so that an answer says nothing of
/// that. Each instance of the service counts for itself.
final class LoginThrottle: Sendable {
    /// 429 with the time to wait.
    struct TooManyTries: Error, ProblemConvertible {
        let wait: Duration

        var problem: Problem {
            let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
            return Problem(
                type: "too-many-attempts", status: .tooManyRequests, title: "Too many wrong passwords",
                detail: "Wait as long as Retry-After says.", headers: [.retryAfter: String(seconds)])
        }
    }

    /// What tries are counted by. Of a name only a hash, keyed anew in each process: names are as long as clients like.
    private struct Key: Hashable {
        enum Kind { case pair, address, account }

        let kind: Kind
        let hash: Int

        init(_ kind: Kind, _ names: String...) {
            self.kind = kind
            hash = names.hashValue
        }

        var allowance: Allowance {
            switch kind {
            case .pair: .pair
            case .address: .address
            case .account: .account
            }
        }
    }

    private let capacity: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let tallies = Mutex<[Key: Allowance.Tally]>([:])

    /// - Parameter capacity: how many tallies are kept; 65,536 take about five megabytes.
    init(capacity: Int = 65_536, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.capacity = capacity
        self.now = now
    }

    var count: Int { tallies.withLock { $0.count } }

    /// Runs `check` unless too many tries have failed. A try counts as soon as it begins, so that many at once are no
    /// way around it, and no longer when `check` finds something, or fails for reasons of its own.
    ///
    /// - Parameters:
    ///   - login: the key of the user name or e-mail address that was typed.
    ///   - check: nil for a wrong password.
    /// - Throws: ``TooManyTries``.
    func attempt<Value>(
        _ login: String, from address: ClientAddress, _ check: () async throws -> Value?
    ) async throws -> Value? {
        let keys = [Key(.pair, login, address.text), Key(.address, address.text), Key(.account, login)]
        try begin(keys)
        let value: Value?
        do {
            value = try await check()
        } catch {
            takeBack(keys)
            throw error
        }
        if value != nil {
            takeBack(keys)
            tallies.withLock { $0[keys[0]] = nil }
        }
        return value
    }

    private func begin(_ keys: [Key]) throws(TooManyTries) {
        let now = now()
        let wait = tallies.withLock { tallies in
            let wait = keys.map { $0.allowance.wait(tallies[$0], now: now) }.max() ?? .zero
            guard wait == .zero else { return wait }
            if tallies.count + keys.count > capacity { Self.prune(&tallies, to: capacity / 2, now: now) }
            for key in keys {
                let tries = key.allowance.remaining(tallies[key], now: now) + 1
                tallies[key] = Allowance.Tally(tries: tries, last: now)
            }
            return .zero
        }
        guard wait == .zero else { throw TooManyTries(wait: wait) }
    }

    private func takeBack(_ keys: [Key]) {
        tallies.withLock { tallies in
            for key in keys {
                guard let tally = tallies[key] else { continue }
                tallies[key] = tally.tries > 1 ? Allowance.Tally(tries: tally.tries - 1, last: tally.last) : nil
            }
        }
    }

    /// Forgets what is forgiven, and then those with the fewest tries.
    private static func prune(
        _ tallies: inout [Key: Allowance.Tally], to count: Int, now: ContinuousClock.Instant
    ) {
        let held = tallies.map { (key: $0.key, tally: $0.value, tries: $0.key.allowance.remaining($0.value, now: now)) }
            .filter { $0.tries > 0 }
            .sorted { $0.tries > $1.tries }
        tallies = Dictionary(uniqueKeysWithValues: held.prefix(count).map { ($0.key, $0.tally) })
    }
}
