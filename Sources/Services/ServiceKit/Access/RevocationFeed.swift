import HTTPTypes
import Logging
import ServiceLifecycle

/// Asks the user-service every second which sessions were ended, so that their access tokens are refused here within two
/// seconds, and no request costs a call.
///
/// While the user-service cannot be asked tokens are accepted as before: its outage must not become everybody's. It is
/// logged once; what was ended meanwhile is heard of when it is back.
package actor RevocationFeed: Service {
    package typealias Pause = @Sendable (Duration) async throws -> Void

    /// Half of the two seconds; the other half is for the call that hears of it and, before that, for the answer to the
    /// one that came too early.
    package static let interval = Duration.seconds(1)
    package static let patience = Duration.milliseconds(500)
    package static let sleep: Pause = { try await Task.sleep(for: $0) }

    private let users: Neighbour
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let pause: Pause
    private let revoked: RevocationSet
    /// Where the next answer begins; the user-service's own number.
    private var cursor: Int64 = 0
    private var isSilent = false

    /// - Parameter users: the user-service, called with the credential that the shop's services share.
    package init(
        of users: Neighbour, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant,
        revoked: RevocationSet = RevocationSet(), pause: @escaping Pause = RevocationFeed.sleep
    ) {
        self.users = users
        self.logger = logger
        self.now = now
        self.revoked = revoked
        self.pause = pause
    }

    /// For ``TokenVerifier``: what the feed has heard of.
    package nonisolated var check: RevocationCheck {
        RevocationCheck { [revoked] in revoked.contains($0) }
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    await RequestIdentity.$current.withValue(.fresh()) { await self.round() }
                    try await self.pause(Self.interval)
                }
            }
        } catch is CancellationError {
            // Told to stop: the next start asks for everything again.
        }
    }

    /// Hears of everything that was ended since the last round.
    package func round() async {
        do {
            while try await ask() {}
            if isSilent { logger.notice("the user-service tells again which sessions were ended") }
            isSilent = false
        } catch {
            guard !Task.isCancelled, !isSilent else { return }
            isSilent = true
            logger.warning("sessions that are ended now are not heard of: the user-service does not tell", error: error)
        }
    }

    /// One question; whether there is more.
    private func ask() async throws -> Bool {
        let reply: Neighbour.Reply
        let outcome = await CallDeadline.$current.withValue(ContinuousClock.now.advanced(by: Self.patience)) {
            await users.send(.get, ["internal", "revocations", String(cursor)])
        }
        switch outcome {
        case .answer(let answer): reply = answer
        case .refused(let refusal): throw Neighbour.Unavailable(reason: "status \(refusal.status.code)")
        case .unavailable(let error): throw error
        }
        guard let page = RevocationPage(reply.body) else {
            throw Neighbour.Unavailable(reason: "an answer that makes no sense")
        }
        let now = now()
        revoked.add(page.sessions.map { (id: $0.id, end: now.advanced(by: $0.remaining)) }, now: now)
        defer { cursor = page.next }
        // Going on only forward, so that a senseless answer is not asked for again and again.
        return page.hasMore && page.next > cursor
    }
}
