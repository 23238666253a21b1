/// A YAML node as manifests need it: scalars as written (no YAML 1.1 guessing), every node with its place.
struct ManifestNode: Sendable {
    enum Content: Sendable {
        /// Nothing, `~` or `null`.
        case null
        case scalar(Scalar)
        case sequence([ManifestNode])
        case mapping([Entry])
    }

    struct Scalar: Sendable {
        enum Style: Sendable {
            case plain
            /// Between quotes or a block: a string, whatever it looks like.
            case quoted
            /// Has been through interpolation, which like Compose's forgets the quotes.
            case interpolated
        }
        var text: String
        var style: Style
    }

    struct Entry: Sendable {
        var key: String
        var place: Place
        var value: ManifestNode
    }

    /// Compose's merge tags.
    enum Directive: Sendable {
        case merge
        /// `!override`: replaces what earlier files say.
        case override
        /// `!reset`: removes what earlier files say.
        case reset
    }

    var content: Content
    var place: Place
    var directive: Directive = .merge

    /// What it is, for "must be a duration, not …".
    var shape: String {
        switch content {
        case .null: "nothing"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar) where scalar.style == .quoted: "the string '\(scalar.text)'"
        case .scalar(let scalar): "'\(scalar.text)'"
        }
    }

    var isNull: Bool { if case .null = content { true } else { false } }

    var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }

    var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }

    subscript(key: String) -> ManifestNode? { entries?.first { $0.key == key }?.value }
}
