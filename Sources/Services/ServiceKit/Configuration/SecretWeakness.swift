/// Why a secret is none, however long it is.
enum SecretWeakness: String, CustomStringConvertible {
    case wellKnown = "a well-known value"
    case repeated = "the same few characters again and again"

    var description: String { rawValue }

    /// nil when nothing speaks against `secret`. It is no measure of strength: that of a random secret is its length.
    static func of(_ secret: [UInt8]) -> SecretWeakness? {
        if isWellKnown(secret) { return .wellKnown }
        return isRepeated(secret) ? .repeated : nil
    }

    /// Whether it is, or holds, what examples and tutorials have where a secret belongs.
    private static func isWellKnown(_ secret: [UInt8]) -> Bool {
        // Case, and whatever stands between words, makes no difference to whoever guesses.
        let letters = secret.compactMap { byte -> UInt8? in
            switch byte {
            case 0x41...0x5A: byte + 0x20
            case 0x61...0x7A, 0x30...0x39: byte
            default: nil
            }
        }
        let text = String(decoding: letters, as: UTF8.self)
        return wholes.contains(text) || parts.contains { text.contains($0) }
    }

    /// Fewer than five different bytes, or a shorter text twice or more.
    private static func isRepeated(_ secret: [UInt8]) -> Bool {
        guard secret.count >= 2 else { return false }
        if secret.count >= 8, Set(secret).count < 5 { return true }
        return (1...secret.count / 2).contains { period in
            zip(secret, secret.dropFirst(period)).allSatisfy(==)
        }
    }

    /// Nobody's secret in whole, but words that a good one may have in it.
    private static let wholes: Set<String> = [
        "secret", "password", "passwd", "default", "example", "test", "testing", "admin", "root", "guest", "token",
        "jwtsecret", "mysecret", "secretkey", "mysecretkey", "jwtsecretkey", "development", "production",
        "0123456789abcdef0123456789abcdef", "00112233445566778899aabbccddeeff", "abcdefghijklmnopqrstuvwxyz",
        "abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz0123456789",
        "0123456789abcdefghijklmnopqrstuvwxyz", "12345678901234567890123456789012",
    ]

    /// What no secret that was made for one has in it.
    private static let parts = [
        "changeme", "changethis", "replaceme", "replacethis", "fallbacksecret", "defaultsecret", "yoursecret",
        "yoursupersecret", "yourjwtsecret", "supersecret", "placeholder", "insertsecret", "secrethere", "keyhere",
        "thisisasecret", "notasecret",
    ]
}
