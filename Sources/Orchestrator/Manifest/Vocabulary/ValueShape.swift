/// What may stand behind a key.
indirect enum ValueShape: Sendable {
    case scalar(ScalarSchema)
    case list(of: ValueShape)
    case mapping(MappingShape)
    /// A mapping whose keys are names that the user gives.
    case names(Names)
    case either([ValueShape])

    struct Names: Sendable {
        var value: ValueShape
        /// What a name must match; nil for any.
        var pattern: String?
        /// Whether a name may stand without a value.
        var allowsNothing = false
    }

    static func scalar<Value>(_ form: ScalarForm<Value>) -> ValueShape { .scalar(form.schema) }

    static let text = ValueShape.scalar(ScalarForm.text)
    static let nonEmptyText = ValueShape.scalar(ScalarForm.nonEmptyText)
    /// A command: its words, or a line that is split into them.
    static let commandLine = ValueShape.either([.list(of: .text), .text])
    /// One text or several.
    static let texts = ValueShape.either([.nonEmptyText, .list(of: .nonEmptyText)])

    static func names(
        of value: ValueShape, pattern: String? = nil, allowsNothing: Bool = false
    ) -> ValueShape {
        .names(Names(value: value, pattern: pattern, allowsNothing: allowsNothing))
    }

    /// The shapes one of which it has.
    var alternatives: [ValueShape] {
        if case .either(let shapes) = self { shapes.flatMap(\.alternatives) } else { [self] }
    }

    func allows(_ schema: ScalarSchema) -> Bool {
        alternatives.contains { if case .scalar(schema) = $0 { true } else { false } }
    }

    func allowsList(of schema: ScalarSchema) -> Bool {
        alternatives.contains { if case .list(let item) = $0 { item.allows(schema) } else { false } }
    }

    /// The mappings in it, not those inside of them.
    var mappings: [MappingShape] {
        switch self {
        case .scalar: []
        case .mapping(let shape): [shape]
        case .list(let item): item.mappings
        case .names(let names): names.value.mappings
        case .either(let shapes): shapes.flatMap(\.mappings)
        }
    }
}
