import Crypto
import Foundation

/// Stands for a bearer token where the token itself must not be kept. Nobody can make a token with another's
/// fingerprint, so unlike the account that a token claims to be of, it needs no verified signature to tell its bearers
/// apart.
package struct TokenFingerprint: Sendable, Hashable {
    private let bits: UInt128

    package init(of token: String) {
        // Half of SHA-256: still too much to find a second token for.
        bits = SHA256.hash(data: Data(token.utf8)).withUnsafeBytes { $0.loadUnaligned(as: UInt128.self) }
    }
}
