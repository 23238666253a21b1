/// Reads the keys of one mapping, reports unknown and refused ones, and wrong types by key.
struct MappingReader {
    /// Completes "unknown key 'x' in …".
    let subject: String
    let place: Place
    let findings: Findings
    private let shape: MappingShape
    private let entries: [String: ManifestNode.Entry]

    /// nil when the node is no mapping, which has been reported.
    init?(
        _ node: ManifestNode, subject: String, shape: MappingShape, findings: Findings
    ) {
        guard let list = node.entries else {
            findings.report("\(subject) must be a mapping, not \(node.shape)", at: node.place)
            return nil
        }
        for entry in list where shape[entry.key] == nil && !entry.key.hasPrefix("x-") {
            if let word = shape.refused.first(where: { $0.word == entry.key }) {
                findings.report("'\(entry.key)' in \(subject) \(word.reason)", at: entry.place, hint: word.advice)
            } else {
                findings.report(
                    "unknown key '\(entry.key)' in \(subject)", at: entry.place,
                    hint: NearestWord.hint(for: entry.key, in: shape.words))
            }
        }
        self.subject = subject
        self.place = node.place
        self.findings = findings
        self.shape = shape
        entries = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    }

    /// The key's value; nil when it is absent or null, which like in Compose means the default.
    subscript(key: String) -> ManifestNode? {
        assert(shape[key] != nil, "'\(key)' is read and not in the table '\(shape.name)'")
        guard let value = entries[key]?.value, !value.isNull else { return nil }
        return value
    }

    func has(_ key: String) -> Bool { self[key] != nil }

    /// Where the key stands, else where the mapping does.
    func place(of key: String) -> Place { entries[key]?.place ?? place }

    func value<Value>(_ key: String, _ form: ScalarForm<Value>) -> Value? {
        assert(shape[key]?.value.allows(form.schema) == true, "'\(key)' is not as the table '\(shape.name)' says")
        return self[key].flatMap { value(of: $0, named: "'\(key)'", form) }
    }

    /// A scalar, or a list of them, each with its place.
    func values<Value>(_ key: String, _ form: ScalarForm<Value>) -> [(value: Value, place: Place)]? {
        assert(shape[key]?.value.allowsList(of: form.schema) == true, "'\(key)' is no such list in '\(shape.name)'")
        guard let node = self[key] else { return nil }
        guard case .sequence(let items) = node.content else {
            findings.report("'\(key)' in \(subject) must be a list, not \(node.shape)", at: node.place)
            return nil
        }
        return items.compactMap { item in
            value(of: item, named: "an entry of '\(key)'", form).map { ($0, item.place) }
        }
    }

    /// A mapping of names to strings.
    func texts(_ key: String) -> [String: String]? {
        guard let node = self[key] else { return nil }
        guard let entries = node.entries else {
            findings.report("'\(key)' in \(subject) must be a mapping, not \(node.shape)", at: node.place)
            return nil
        }
        let pairs = entries.compactMap { entry in
            value(of: entry.value, named: "'\(entry.key)' of '\(key)'", .text).map { (entry.key, $0) }
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    /// Words of a command: a list of strings, or one line that is split as a shell would; nil when any is wrong.
    func words(_ key: String) -> [String]? {
        guard let node = self[key] else { return nil }
        if case .sequence(let items) = node.content {
            let words = values(key, .text) ?? []
            return words.count == items.count ? words.map(\.value) : nil
        }
        let line = ScalarForm(expected: "a list of words, or a line with its quotes closed", schema: .text) {
            CommandLineText.split($0.text)
        }
        return value(of: node, named: "'\(key)'", line)
    }

    func value<Value>(of node: ManifestNode, named name: String, _ form: ScalarForm<Value>) -> Value? {
        if let scalar = node.scalar, let value = form.parse(scalar) { return value }
        findings.report(
            "\(name) in \(subject) must be \(form.expected), not \(node.shape)", at: node.place,
            hint: node.scalar.flatMap(form.hint))
        return nil
    }
}
