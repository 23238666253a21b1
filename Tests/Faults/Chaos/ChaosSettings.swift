import Foundation

/// How long the random faults go on and which they are, from the environment:
///
///     MSCTL_CHAOS_SECONDS=600 MSCTL_CHAOS_SEED=7 swift test --skip-build --no-parallel --filter RandomFaultTests
struct ChaosSettings: Sendable {
    /// Reproduces the choices; what the machine makes of them differs from time to time.
    let seed: UInt64
    let seconds: Int

    static let current = ChaosSettings(ProcessInfo.processInfo.environment)

    private init(_ environment: [String: String]) {
        seed = environment["MSCTL_CHAOS_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)
        seconds = environment["MSCTL_CHAOS_SECONDS"].flatMap { Int($0) } ?? 20
    }

    /// With what it takes to begin, to finish the last step and to take everything down on a busy machine.
    var limitMinutes: Int { seconds / 60 + 10 }
}
