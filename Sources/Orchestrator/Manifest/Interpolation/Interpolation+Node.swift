extension Interpolation {
    /// The keys of a service whose values keep launch variables.
    private static let launchKeys: Set<String> = ["command", "entrypoint", "environment", "sockets"]

    /// The tree with all scalar values interpolated, keys and `x-…` left as they are.
    func expand(_ root: ManifestNode) -> ManifestNode { expand(root, path: []) }

    private func expand(_ node: ManifestNode, path: [String]) -> ManifestNode {
        var result = node
        switch node.content {
        case .null: break
        case .scalar(let scalar):
            guard scalar.text.contains("$") else { break }
            let keeps = path.count > 2 && path[0] == "services" && Self.launchKeys.contains(path[2])
            let text = expand(scalar.text, at: node.place, keepsLaunchVariables: keeps)
            // What could not be expanded has been reported; null keeps it from being reported as a wrong type as well.
            result.content = text.map { .scalar(.init(text: $0, style: .interpolated)) } ?? .null
        case .sequence(let items):
            result.content = .sequence(items.map { expand($0, path: path) })
        case .mapping(let entries):
            let holdsExtensions = path.isEmpty || (path.count == 2 && path[0] == "services")
            result.content = .mapping(
                entries.map { entry in
                    if holdsExtensions && entry.key.hasPrefix("x-") { return entry }
                    var entry = entry
                    entry.value = expand(entry.value, path: path + [entry.key])
                    return entry
                })
        }
        return result
    }
}
