import Foundation

/// How long logs are written and who is killed meanwhile, from the environment:
///
///     MSCTL_SOAK_SECONDS=600 MSCTL_SOAK_SEED=7 swift test --skip-build --no-parallel --filter LogSoakTests
struct SoakSettings: Sendable {
    /// Reproduces the choices; what the machine makes of them differs from time to time.
    let seed: UInt64
    let seconds: Int

    static let current = SoakSettings(ProcessInfo.processInfo.environment)

    private init(_ environment: [String: String]) {
        seed = environment["MSCTL_SOAK_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)
        seconds = environment["MSCTL_SOAK_SECONDS"].flatMap { Int($0) } ?? 15
    }

    /// With what it takes to begin, to take everything down and to check all that was written.
    var limitMinutes: Int { seconds / 20 + 10 }
}
