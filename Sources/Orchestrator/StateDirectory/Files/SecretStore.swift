import CLinux
import Manifest
import SystemPackage

/// `.msctl/secrets`: secrets that are generated or come from a variable, one file each, 0600.
package struct SecretStore: Sendable {
    package let layout: StateLayout

    package init(layout: StateLayout) { self.layout = layout }

    /// The secret's value without a trailing newline.
    package func read(_ name: String) throws(StateError) -> String {
        guard let bytes = try AtomicFile.read(layout.secret(name)) else { throw .noSecret(name) }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.last == "\n" ? String(text.dropLast()) : text
    }

    /// Sees to it that the project's secrets are there for its services to read.
    package func provide(_ secrets: [Secret]) throws(StateError) {
        for secret in secrets {
            switch secret.source {
            case .file: break
            case .generated: try generate(secret.name)
            case .environment(_, let value?): try write(value, to: secret.name)
            case .environment(let variable, nil):
                guard try AtomicFile.read(layout.secret(secret.name)) != nil else {
                    throw .unsetSecret(secret.name, variable: variable)
                }
            }
        }
    }

    private func write(_ value: String, to name: String) throws(StateError) {
        let bytes = Array(value.utf8)
        if try AtomicFile.read(layout.secret(name)) == bytes { return }
        try AtomicFile.makeDirectory(layout.secrets)
        try AtomicFile.write(bytes, to: layout.secret(name), durable: true)
    }

    /// Makes the secret unless it is there: 32 random bytes as base64url (RFC 4648, section 5), 43 characters.
    package func generate(_ name: String) throws(StateError) {
        if try AtomicFile.read(layout.secret(name)) != nil { return }
        try AtomicFile.makeDirectory(layout.secrets)
        try AtomicFile.write(Array((Self.random() + "\n").utf8), to: layout.secret(name), durable: true)
    }

    static func random() -> String {
        var random = SystemRandomNumberGenerator()
        return base64url((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    private static func base64url(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(pending >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(pending << UInt32(6 - bits) & 63)]) }
        return text
    }
}
