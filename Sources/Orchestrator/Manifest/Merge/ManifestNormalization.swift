/// Brings the short forms of one file into the long ones, so that forms can be mixed between files.
enum ManifestNormalization {
    static func normalize(_ root: ManifestNode) -> ManifestNode {
        root.replacing("services") { services in services.mappingValues { _, service in normalizeService(service) } }
    }

    private static func normalizeService(_ service: ManifestNode) -> ManifestNode {
        service
            .replacing("environment", with: mappingFromAssignments)
            .replacing("depends_on", with: mappingFromNames)
            .replacing("env_file", with: listFromScalar)
            .replacing("sockets", with: mappingFromNamed)
    }

    /// `[A=1, B]` becomes `{A: 1, B: }`; of equal names the later counts.
    private static func mappingFromAssignments(_ node: ManifestNode) -> ManifestNode {
        guard case .sequence(let items) = node.content else { return node }
        var entries: [ManifestNode.Entry] = []
        for item in items {
            // Anything else is left as it is, for the reader to refuse.
            guard let scalar = item.scalar else { return node }
            let parts = scalar.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let value =
                parts.count == 2 ? ManifestNode.Content.scalar(.init(text: String(parts[1]), style: .quoted)) : .null
            entries.removeAll { $0.key == name }
            entries.append(.init(key: name, place: item.place, value: .init(content: value, place: item.place)))
        }
        return ManifestNode(content: .mapping(entries), place: node.place, directive: node.directive)
    }

    /// `[a, b]` becomes `{a: {condition: service_started}, …}`.
    private static func mappingFromNames(_ node: ManifestNode) -> ManifestNode {
        guard case .sequence(let items) = node.content else { return node }
        var entries: [ManifestNode.Entry] = []
        for item in items {
            guard let scalar = item.scalar else { return node }
            guard !entries.contains(where: { $0.key == scalar.text }) else { continue }
            let started = ManifestNode.Scalar(text: Dependency.Condition.started.rawValue, style: .plain)
            let condition = ManifestNode.Entry(
                key: "condition", place: item.place, value: .init(content: .scalar(started), place: item.place))
            let value = ManifestNode(content: .mapping([condition]), place: item.place)
            entries.append(.init(key: scalar.text, place: item.place, value: value))
        }
        return ManifestNode(content: .mapping(entries), place: node.place, directive: node.directive)
    }

    /// `[a, {name: b, port: 1}]` becomes `{a: , b: {port: 1}}`.
    private static func mappingFromNamed(_ node: ManifestNode) -> ManifestNode {
        guard case .sequence(let items) = node.content else { return node }
        var entries: [ManifestNode.Entry] = []
        for item in items {
            // Nameless ones and repetitions are left as they are, for the reader to refuse.
            guard let name = (item["name"] ?? item).scalar?.text, !entries.contains(where: { $0.key == name }) else {
                return node
            }
            let rest = item.entries.map { ManifestNode.Content.mapping($0.filter { $0.key != "name" }) }
            entries.append(
                .init(key: name, place: item.place, value: .init(content: rest ?? .null, place: item.place)))
        }
        return ManifestNode(content: .mapping(entries), place: node.place, directive: node.directive)
    }

    private static func listFromScalar(_ node: ManifestNode) -> ManifestNode {
        guard node.scalar != nil else { return node }
        let item = ManifestNode(content: node.content, place: node.place)
        return ManifestNode(content: .sequence([item]), place: node.place, directive: node.directive)
    }
}
