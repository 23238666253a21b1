/// The JSON Schema of a manifest (draft 2020-12), made of the table that the readers use: for editors and checks that do not
/// load the project. It knows keys and forms of values of one file; what needs all files, only a load knows.
package enum ManifestSchema {
    /// Ends in a newline.
    package static func json() -> String { document.json + "\n" }

    private static var document: ConfigValue {
        let shapes = reachable(from: .project).dropFirst()
        return .mapping(
            [
                ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                ("title", .text("msctl manifest")),
            ] + object(.project) + [
                ("$defs", .mapping(shapes.map { ($0.name, .mapping(object($0))) }))
            ])
    }

    /// The shape and those inside of it, each once.
    static func reachable(from root: MappingShape) -> [MappingShape] {
        var found = [root]
        var next = 0
        while next < found.count {
            for shape in found[next].keys.flatMap(\.value.mappings)
            where !found.contains(where: { $0.name == shape.name }) {
                found.append(shape)
            }
            next += 1
        }
        return found
    }

    /// Nothing may stand for every mapping, and behind every key: it means the default.
    private static func object(_ shape: MappingShape) -> [(String, ConfigValue)] {
        let properties = shape.keys.map { key in
            (
                key.name,
                ConfigValue.mapping(
                    [("description", .text(key.about))] + schema(of: key.value, allowsNothing: true))
            )
        }
        return [
            ("type", types(["object"], allowsNothing: true)), ("properties", .mapping(properties)),
            // Notes of the user's own.
            ("patternProperties", .mapping([("^x-", .boolean(true))])), ("additionalProperties", .boolean(false)),
        ]
    }

    /// One schema without `anyOf` wherever it can be: then what is wrong is told where it is.
    private static func schema(of shape: ValueShape, allowsNothing: Bool) -> [(String, ConfigValue)] {
        var options: [[(String, ConfigValue)]] = []
        var kinds: [String] = []
        // What is said of texts, numbers, arrays and objects is about these alone, so it can stand side by side.
        var rules: [(String, ConfigValue)] = []
        for alternative in shape.alternatives {
            switch alternative {
            case .mapping(let shape): options.append([("$ref", .text("#/$defs/\(shape.name)"))])
            case .scalar(let scalar):
                if let words = scalar.enumeration { options.append([("enum", words)]) }
                kinds += scalar.typeNames
                rules += scalar.rules
            case .list(let item):
                kinds.append("array")
                rules.append(("items", .mapping(schema(of: item, allowsNothing: false))))
            case .names(let names):
                kinds.append("object")
                if let pattern = names.pattern {
                    rules.append(("propertyNames", .mapping([("pattern", .text(pattern))])))
                }
                let value = schema(of: names.value, allowsNothing: names.allowsNothing)
                rules.append(("additionalProperties", .mapping(value)))
            case .either: break
            }
        }
        if !kinds.isEmpty { options.append([("type", types(kinds, allowsNothing: allowsNothing))] + rules) }
        return options.count == 1 ? options[0] : [("anyOf", .list(options.map(ConfigValue.mapping)))]
    }

    private static func types(_ names: [String], allowsNothing: Bool) -> ConfigValue {
        let all = names + (allowsNothing ? ["null"] : [])
        return all.count == 1 ? .text(all[0]) : .list(all.map(ConfigValue.text))
    }
}

extension ScalarSchema {
    /// In which Compose's variables can be: `$NAME`, `${NAME...}`.
    private static let variable = "\\$[A-Za-z_{]"

    fileprivate var enumeration: ConfigValue? {
        // `no` is false to a reader of YAML 1.1.
        words.isEmpty ? nil : .list(words.map(ConfigValue.text) + (words.contains("no") ? [.boolean(false)] : []))
    }

    fileprivate var typeNames: [String] {
        kinds.map(\.rawValue) + (kinds.contains(.string) ? [] : [Kind.string.rawValue])
    }

    fileprivate var rules: [(String, ConfigValue)] {
        var rules: [(String, ConfigValue)] = []
        if let pattern {
            rules.append(("pattern", .text("\(pattern)|\(Self.variable)")))
        } else if !kinds.contains(.string) {
            rules.append(("pattern", .text(Self.variable)))
        }
        if let minimum { rules.append((isAboveMinimum ? "exclusiveMinimum" : "minimum", .integer(minimum))) }
        if let maximum { rules.append(("maximum", .integer(maximum))) }
        return rules
    }
}
