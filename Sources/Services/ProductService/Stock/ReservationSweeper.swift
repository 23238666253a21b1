import Logging
import ServiceKit
import ServiceLifecycle

/// Puts back the pieces of reservations whose order never said anything more.
struct ReservationSweeper: Service {
    typealias Pause = @Sendable (Duration) async throws -> Void

    static let interval = Duration.seconds(10)
    static let sleep: Pause = { try await Task.sleep(for: $0) }

    let reservations: ReservationStore
    let logger: Logger
    let outcomes: Counter
    /// Waits until the next round; throws when the service stops.
    let pause: Pause

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await RequestIdentity.$current.withValue(.fresh()) { try await sweep() }
                    try await pause(Self.interval)
                }
            }
        } catch is CancellationError {
            // Told to stop: each sweep is one transaction, so nothing is half done.
        }
    }

    /// Everything that is due. A failed round is told and tried again at the next, since nothing was changed.
    private func sweep() async throws {
        do {
            var expired: [Reservation]
            repeat {
                expired = try await reservations.expire()
                for reservation in expired {
                    outcomes.increment(["outcome": "expired"])
                    logger.notice("reservation expired", metadata: reservation.metadata)
                }
            } while !expired.isEmpty
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.error("expired reservations stay held for now", error: error)
        }
    }
}
