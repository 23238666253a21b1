import ServiceLifecycle

/// Turns readiness off when the process is asked to stop, and goes on serving for the moment in which requests are still
/// sent here. It is the last service started, so the first one told.
///
/// The orchestrator announces the others before it stops one, so there is mostly nothing to wait for. When there are no
/// others, waiting would serve nobody.
struct DrainOnShutdown: Service {
    /// The longest wait for an announcement to end.
    static let patience = Duration.milliseconds(500)

    let readiness: Readiness
    let announcement: Announcement

    func run() async throws {
        try await gracefulShutdown()
        guard announcement.hasOthers else {
            readiness.drain(idleTime: .zero)
            return
        }
        readiness.drain()
        let end = ContinuousClock.now.advanced(by: Self.patience)
        while announcement.isCurrent, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
    }
}
