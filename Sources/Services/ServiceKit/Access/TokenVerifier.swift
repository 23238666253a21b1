import Foundation
import HTTPTypes
import JWTKit
import Logging

/// Verifies access tokens locally with the user-service's public keys, so a request costs no call.
///
/// Keys are fetched when first needed and again when a token names an unknown one, at most every `refetchInterval`;
/// concurrent requests wait for one fetch. They are fetched anew after five minutes as well, while requests go on with
/// those at hand, so that a key that was retired is good for nothing then. Keys once obtained are kept while the
/// user-service cannot be asked.
package actor TokenVerifier {
    private struct Keys {
        let ids: Set<String>
        let collection: JWTKeyCollection
    }

    private let source: KeySource
    private let revocations: RevocationCheck
    private let refetchInterval: Duration
    private let clock: WallClock
    private let now: @Sendable () -> ContinuousClock.Instant
    private var keys: Keys?
    private var lastFetch: ContinuousClock.Instant?
    private var lastFetchFailed = false
    private var fetching: Task<Keys, any Error>?

    /// For how long keys are used without asking whether they still are.
    package static let lifetime = Duration.seconds(300)

    /// - Parameters:
    ///   - revocations: asked about each good token that names its session.
    ///   - clock: by which tokens begin and expire.
    ///   - now: by which keys grow old.
    package init(
        keys source: KeySource, revocations: RevocationCheck = .none, refetchInterval: Duration = .seconds(5),
        clock: WallClock = .system, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.clock = clock
        self.source = source
        self.revocations = revocations
        self.refetchInterval = refetchInterval
        self.now = now
    }

    /// The person `token` was issued to. Throws ``Problem/invalidToken``, or 503 while its key cannot be asked for or
    /// it cannot be found out whether the session was ended.
    package func account(token: String) async throws(Problem) -> Principal.Account {
        guard let header = AccessTokenHeader(token: token) else { throw .invalidToken }
        let keys = try await keys(having: header.keyID)
        guard keys.ids.contains(header.keyID) else { throw .invalidToken }
        let claims: AccessTokenClaims
        do {
            claims = try await keys.collection.verify(token, as: AccessTokenClaims.self)
        } catch {
            // Why a token is bad is nobody's business outside; the log line helps whoever wonders.
            Logger.current.debug(
                "access token refused", metadata: ["reason": .string(String(describing: type(of: error)))])
            throw .invalidToken
        }
        guard let account = claims.account, claims.isCurrent(at: clock.now()) else { throw .invalidToken }
        if let session = claims.sid, try await isRevoked(session) { throw .invalidToken }
        return account
    }

    private func isRevoked(_ session: String) async throws(Problem) -> Bool {
        do {
            return try await revocations.isRevoked(session)
        } catch {
            Logger.current.warning("it cannot be found out whether a session was ended", error: error)
            throw .unavailable("Tokens cannot be verified now.")
        }
    }

    private func keys(having id: String) async throws(Problem) -> Keys {
        let age = lastFetch.map { $0.duration(to: now()) }
        if let keys, keys.ids.contains(id) {
            if let age, age >= Self.lifetime { _ = fetch() }
            return keys
        }
        // Without the key it may be a new one, and the token good: only who could ask may say that it is nobody's.
        let unavailable = Problem.unavailable("Tokens cannot be verified now.")
        if fetching == nil, let keys, let age, age < refetchInterval {
            if lastFetchFailed { throw unavailable }
            return keys
        }
        do {
            return try await fetch().value
        } catch {
            throw unavailable
        }
    }

    /// One fetch at a time; whoever comes while it runs waits for it. The task is bounded by the client's timeout.
    private func fetch() -> Task<Keys, any Error> {
        if let fetching { return fetching }
        lastFetch = now()
        let task = Task { try await renewed() }
        fetching = task
        return task
    }

    private func renewed() async throws -> Keys {
        defer { fetching = nil }
        do {
            let fresh = try await Self.decode(source.fetch())
            keys = fresh
            lastFetchFailed = false
            return fresh
        } catch {
            lastFetchFailed = true
            Logger.current.warning("the keys that verify tokens cannot be fetched", error: error)
            throw error
        }
    }

    private static func decode(_ bytes: [UInt8]) async throws -> Keys {
        let set = JWKS(keys: try JSONWebKey.set(bytes).map(\.jwk))
        let usable = set.keys.filter { $0.keyType.rawValue == "OKP" && $0.keyIdentifier != nil }
        let collection = JWTKeyCollection()
        for key in usable { try await collection.add(jwk: key) }
        return Keys(ids: Set(usable.compactMap { $0.keyIdentifier?.string }), collection: collection)
    }
}

/// Where a JSON Web Key Set (RFC 7517) comes from.
package struct KeySource: Sendable {
    package let fetch: @Sendable () async throws -> [UInt8]

    package init(fetch: @escaping @Sendable () async throws -> [UInt8]) {
        self.fetch = fetch
    }

    /// A set that is at hand.
    package static func fixed(_ keySet: JSONValue) -> KeySource {
        let bytes = JSONWriter.bytes(of: keySet)
        return KeySource { bytes }
    }

    /// The user-service's published set.
    package static func published(by users: Neighbour) -> KeySource {
        KeySource {
            // They are fetched for everybody who waits, not only for whoever came first.
            switch await CallDeadline.$current.withValue(
                nil,
                operation: {
                    await users.send(.get, [".well-known", "jwks.json"])
                })
            {
            case .answer(let reply): JSONWriter.bytes(of: reply.body)
            case .refused(let reply): throw Neighbour.Unavailable(reason: "status \(reply.status.code)")
            case .unavailable(let error): throw error
            }
        }
    }
}
