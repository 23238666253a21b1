/// Where the next page of a list begins: behind the row that these keys place in the list's order. Opaque outside.
///
/// It holds the row's keys and not its number, so that rows which come, change or go meanwhile move no other row off or
/// onto the next page; and the name of its list, since in another order the same keys are another place.
package struct ListCursor: Sendable, Equatable {
    /// Of a token, in characters.
    package static let longest = 2048

    package let list: String
    /// None has a line feed.
    package let keys: [String]

    package init(list: String, keys: [String]) {
        self.list = list
        self.keys = keys
    }

    /// nil when it is none of ours.
    package init?(token: String) {
        guard token.utf8.count <= Self.longest, let bytes = Base64URL.decode(token) else { return nil }
        let parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        self.init(list: parts[0], keys: Array(parts.dropFirst()))
    }

    package var token: String { Base64URL.encode(([list] + keys).joined(separator: "\n").utf8) }
}
