/// What is wrong with a `--where`, and where: columns count characters from 1.
package struct WhereError: Error, Equatable, Sendable {
    package let text: String
    package let column: Int
    package let reason: String

    /// The expression with a mark below the place.
    package var picture: [String] { [text, String(repeating: " ", count: column - 1) + "^"] }
}
