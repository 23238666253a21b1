import CLinux
import SystemPackage

/// A new key for a secret that holds several, a line each: whoever signs takes the first, whoever verifies knows them all.
///
/// The new key is published behind the one that signs, and takes its place once everybody who verifies may know it. It waits
/// in a file of its own until that is done, so that each step can be taken again and a rotation that was interrupted is gone
/// on with instead of begun anew.
package struct KeyRotation: Sendable {
    package let layout: StateLayout
    package let secret: String

    package init(of secret: String, in layout: StateLayout) {
        self.secret = secret
        self.layout = layout
    }

    // No secret has a name that begins with a point.
    private var next: FilePath { layout.secrets.appending(".\(secret).next") }

    /// Held while somebody rotates the key; nil when somebody does. Ask for it first: there is such a secret, then.
    package func lock() throws(StateError) -> FileLock? {
        _ = try keys()
        return try FileLock(taking: layout.secrets.appending(".\(secret).lock"))
    }

    /// The keys, the one that signs first.
    package func keys() throws(StateError) -> [String] {
        let keys = try SecretStore(layout: layout).read(secret).split(separator: "\n").map(String.init)
        guard !keys.isEmpty else { throw .noSecret(secret) }
        return keys
    }

    /// Whether one was begun and is not done.
    package func isUnderWay() throws(StateError) -> Bool {
        try AtomicFile.read(next) != nil
    }

    /// Makes the new key, unless one that was interrupted has made it, and puts it behind the one that signs. One that is
    /// older than that is forgotten.
    package func publish() throws(StateError) {
        if try !isUnderWay() {
            try AtomicFile.write(Array(SecretStore.random().utf8), to: next, durable: true)
        }
        let (current, new) = (try keys()[0], try newKey())
        if current != new { try write([current, new]) }
    }

    /// Puts the new key in front of the one that has signed so far.
    package func sign() throws(StateError) {
        let (current, new) = (try keys()[0], try newKey())
        if current != new { try write([new, current]) }
    }

    /// Forgets that there was a rotation.
    package func end() throws(StateError) {
        try AtomicFile.remove(next)
    }

    private func newKey() throws(StateError) -> String {
        guard let bytes = try AtomicFile.read(next) else { throw .noSecret(secret) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ keys: [String]) throws(StateError) {
        let text = keys.map { "\($0)\n" }.joined()
        try AtomicFile.write(Array(text.utf8), to: layout.secret(secret), durable: true)
    }
}
