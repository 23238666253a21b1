import Foundation

/// Bytes that must never be printed: no description, no mirror, compared in constant time.
package struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var description: String { "Secret(…)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The secret as text, for protocols that carry it so.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether `other` is this secret; the time taken depends on the lengths only.
    package func matches(_ other: some Collection<UInt8>) -> Bool {
        guard other.count == bytes.count else { return false }
        return zip(bytes, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
