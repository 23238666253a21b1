extension ManifestNode {
    /// The mapping with the value of `key`, if there, replaced.
    func replacing(_ key: String, with change: (ManifestNode) -> ManifestNode) -> ManifestNode {
        mappingValues { $0 == key ? change($1) : $1 }
    }

    func removing(_ key: String) -> ManifestNode {
        guard let entries else { return self }
        var result = self
        result.content = .mapping(entries.filter { $0.key != key })
        return result
    }

    /// The mapping with all values changed; what is no mapping stays.
    func mappingValues(_ change: (String, ManifestNode) -> ManifestNode) -> ManifestNode {
        guard let entries else { return self }
        var result = self
        result.content = .mapping(
            entries.map { .init(key: $0.key, place: $0.place, value: change($0.key, $0.value)) })
        return result
    }

    /// The mapping with an entry behind its own; what is no mapping stays.
    func adding(_ key: String, _ content: Content, at place: Place) -> ManifestNode {
        guard let entries else { return self }
        var result = self
        result.content = .mapping(
            entries + [.init(key: key, place: place, value: ManifestNode(content: content, place: place))])
        return result
    }

    /// The sequence with all items changed; what is no sequence stays.
    func mappingItems(_ change: (ManifestNode) -> ManifestNode) -> ManifestNode {
        guard case .sequence(let items) = content else { return self }
        var result = self
        result.content = .sequence(items.map(change))
        return result
    }

    /// Whether both say the same, wherever they stand and however they are quoted. The order of keys means nothing.
    func says(sameAs other: ManifestNode) -> Bool {
        switch (content, other.content) {
        case (.null, .null): true
        case (.scalar(let one), .scalar(let two)): one.text == two.text
        case (.sequence(let one), .sequence(let two)):
            one.count == two.count && zip(one, two).allSatisfy { $0.says(sameAs: $1) }
        case (.mapping(let one), .mapping(let two)):
            one.count == two.count
                && one.allSatisfy { entry in other[entry.key].map { entry.value.says(sameAs: $0) } ?? false }
        default: false
        }
    }
}
