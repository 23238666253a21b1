import Foundation

extension UUID {
    /// The nil UUID of RFC 9562: a placeholder that is never stored.
    package static let zero = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// The form the shop writes everywhere: lower case, as RFC 9562 asks of output.
    package var text: String { uuidString.lowercased() }
}
