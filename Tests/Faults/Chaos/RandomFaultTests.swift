import Dispatch
import Testing

/// Daemon, shims, services and commands are killed at random for ``ChaosSettings/seconds``, and after every step: no process
/// outside msctl's knowledge, no run without its end on record, no line missing, no instance twice, and status, addresses
/// and processes tell the same.
@Suite(.timeLimit(.minutes(ChaosSettings.current.limitMinutes))) struct RandomFaultTests {
    @Test func `whatever is killed whenever, nothing is lost and nothing escapes`() async throws {
        let settings = ChaosSettings.current
        print("random faults with MSCTL_CHAOS_SEED=\(settings.seed) for \(settings.seconds) s")
        do {
            let report = try await chaos(settings)
            print("random faults with seed \(settings.seed): \(report)")
        } catch {
            Issue.record("MSCTL_CHAOS_SEED=\(settings.seed)\n\(error)")
        }
    }

    /// On a thread of its own: everything in it blocks.
    private func chaos(_ settings: ChaosSettings) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "random faults").async {
                continuation.resume(
                    with: Result { try ChaosRun(seed: settings.seed).run(seconds: settings.seconds) })
            }
        }
    }
}
