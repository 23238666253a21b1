/// One kind of mapping in a manifest: the keys it may have, and the words of Compose that it may not. The readers know no
/// other keys than these, and the schema is made of the same.
struct MappingShape: Sendable {
    struct Key: Sendable {
        var name: String
        var value: ValueShape
        /// For a person at an editor: what it does, in a line.
        var about: String

        init(_ name: String, _ value: ValueShape, _ about: String) {
            self.name = name
            self.value = value
            self.about = about
        }

        init<Value>(_ name: String, _ form: ScalarForm<Value>, _ about: String) {
            self.init(name, .scalar(form), about)
        }
    }

    /// Its name in the schema.
    var name: String
    var keys: [Key]
    var refused: [RefusedWord]

    init(_ name: String, refused: [RefusedWord] = [], _ keys: [Key]) {
        self.name = name
        self.keys = keys
        self.refused = refused
    }

    var words: [String] { keys.map(\.name) }

    subscript(key: String) -> Key? { keys.first { $0.name == key } }
}
