import ServiceLifecycle

/// Turns readiness off when the process is asked to stop, and goes on serving for the moment in which requests are still
/// sent here. It is the last service started, so the first one told.
///
/// The orchestrator withdraws an instance before it stops it, so there is mostly nothing to wait for. Where there are no
/// others, requests have nowhere else to go, and waiting would help nobody.
struct DrainOnShutdown: Service {
    /// The longest wait for an announcement to end.
    static let patience = Duration.milliseconds(500)

    let readiness: Readiness
    let announcement: Announcement

    func run() async throws {
        try await gracefulShutdown()
        readiness.drain()
        let end = ContinuousClock.now.advanced(by: Self.patience)
        while announcement.isOneOfSeveral, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
    }
}
