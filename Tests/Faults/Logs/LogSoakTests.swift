import Dispatch
import TestSupport
import Testing

/// Twenty services write for ``SoakSettings/seconds`` while the daemon and readers are killed and services are restarted:
/// what is in the files, in the index and in the hands of every reader is what the services say they wrote.
@Suite(.timeLimit(.minutes(SoakSettings.current.limitMinutes))) struct LogSoakTests {
    @Test func `every byte that was written is there once, whoever is killed`() async throws {
        let settings = SoakSettings.current
        print("log soak with MSCTL_SOAK_SEED=\(settings.seed) for \(settings.seconds) s")
        do {
            print("log soak with seed \(settings.seed): \(try await soak(settings))")
        } catch {
            Issue.record("MSCTL_SOAK_SEED=\(settings.seed)\n\(error)")
        }
    }

    /// On a thread of its own: everything in it blocks.
    private func soak(_ settings: SoakSettings) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "log soak").async {
                continuation.resume(with: Result { try LogSoak(settings).run() })
            }
        }
    }
}
