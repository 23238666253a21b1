import Foundation
import HTTPTypes
import ServiceKit
import Synchronization

/// Whose requests are counted together.
enum Client: Hashable, Sendable {
    case address(IPAddress?)
    case account(UUID)
    /// Of a token that is not known to be anybody's. What it claims may be forged, and must not use up what is another's.
    case bearer(TokenFingerprint)

    /// Of an address that stands for a client, half of the bits is the same for all of its family.
    func hash(into hasher: inout Hasher) {
        switch self {
        case .address(let address):
            let bits = address?.bits ?? 0
            hasher.combine(UInt64(truncatingIfNeeded: bits ^ bits >> 64))
        case .account(let id): hasher.combine(id)
        case .bearer(let fingerprint): hasher.combine(fingerprint)
        }
    }
}

/// Finds out whose a bearer token is, with the user-service's public keys and without a call for each request.
///
/// A good token is verified once, and remembered until it expires; there are never more than `capacity` of them. While
/// there are no keys, a token stands for itself: the gateway does without the user-service, and does not wait for it.
/// Whether a session was ended is not asked, since nothing is allowed here, only counted.
final class TokenOwners: Sendable {
    private struct Owner {
        let account: UUID
        let end: Timestamp
    }

    private struct State {
        var owners: [TokenFingerprint: Owner] = [:]
        /// There were no keys; they are not asked for before then.
        var patience: ContinuousClock.Instant?
    }

    static let capacity = 10_000
    private static let pause = Duration.seconds(5)

    private let tokens: TokenVerifier
    private let clock: WallClock
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameters:
    ///   - clock: by which tokens expire.
    ///   - now: the monotonic clock.
    init(tokens: TokenVerifier, clock: WallClock, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.tokens = tokens
        self.clock = clock
        self.now = now
    }

    /// What is known of a token without asking anybody.
    enum Answer: Sendable {
        case known(Client)
        /// It has to be verified first.
        case unknown(String)
    }

    func owner(of token: String) -> Answer {
        let fingerprint = TokenFingerprint(of: token)
        let time = clock.now()
        let (owner, isPaused) = state.withLock { state in
            (state.owners[fingerprint], state.patience.map { now() < $0 } ?? false)
        }
        if let owner, owner.end > time { return .known(.account(owner.account)) }
        return isPaused ? .known(.bearer(fingerprint)) : .unknown(token)
    }

    func client(with token: String) async -> Client {
        if case .known(let client) = owner(of: token) { return client }
        do {
            let account = try await tokens.account(token: token).id
            if let end = Self.end(of: token) {
                remember(TokenFingerprint(of: token), Owner(account: account, end: end), at: clock.now())
            }
            return .account(account)
        } catch {
            if error.status == .serviceUnavailable {
                state.withLock { $0.patience = now().advanced(by: Self.pause) }
            }
            return .bearer(TokenFingerprint(of: token))
        }
    }

    private func remember(_ fingerprint: TokenFingerprint, _ owner: Owner, at time: Timestamp) {
        state.withLock { state in
            if state.owners.count >= Self.capacity {
                state.owners = state.owners.filter { $0.value.end > time }
                // All are good: some are verified again when they come again.
                if state.owners.count >= Self.capacity {
                    for key in state.owners.keys.prefix(Self.capacity / 8) { state.owners[key] = nil }
                }
            }
            state.owners[fingerprint] = owner
        }
    }

    /// When a token that was verified expires.
    private static func end(of token: String) -> Timestamp? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(parts[1]), let claims = try? JSONParser.parse(bytes) else {
            return nil
        }
        switch claims["exp"] {
        case .integer(let seconds): return Timestamp(milliseconds: seconds * 1000)
        // Encoders that know only binary fractions write 1.7e9 so.
        case .number(let seconds): return Int64(exactly: seconds).map { Timestamp(milliseconds: $0 * 1000) }
        default: return nil
        }
    }
}
