/// Lays a later file over an earlier one, or a service over the one it extends, by Compose's rules: mappings merge,
/// sequences append, later scalars win.
struct ManifestMerge {
    let findings: Findings
    /// Whether the result keeps its merge tags, for the earlier file that it will be laid over.
    private var keepsDirectives = false

    init(findings: Findings) { self.findings = findings }

    func merge(_ base: ManifestNode, with overlay: ManifestNode) -> ManifestNode {
        merge(base, with: overlay, path: [])
    }

    /// What a service is that extends `base`. Its merge tags are about the base, and about the service of the same name in
    /// an earlier file as well.
    func extend(_ base: ManifestNode, with service: ManifestNode, named name: String) -> ManifestNode {
        var merge = self
        merge.keepsDirectives = true
        // A tag of the service as a whole is about an earlier file alone.
        var overlay = service
        overlay.directive = .merge
        var result = merge.merge(withoutResets(base).withoutDirectives, with: overlay, path: ["services", name])
        result.directive = service.directive
        return result
    }

    /// The tree with `!reset` applied; for a first file, in which there is nothing to reset.
    func withoutResets(_ node: ManifestNode) -> ManifestNode {
        var result = node
        switch node.content {
        case .mapping(let entries):
            result.content = .mapping(
                entries.filter { $0.value.directive != .reset }.map { entry in
                    var entry = entry
                    entry.value = withoutResets(entry.value)
                    return entry
                })
        case .sequence(let items): result.content = .sequence(items.map(withoutResets))
        case .null, .scalar: break
        }
        return result
    }

    private func merge(_ base: ManifestNode, with overlay: ManifestNode, path: [String]) -> ManifestNode {
        if overlay.directive == .override { return withoutResets(overlay) }
        switch (base.content, overlay.content) {
        case (_, .null): return MergeRule.nullIsValue(at: path) ? overlay : base
        case (.null, _), (.scalar, .scalar): return added(overlay)
        case (.mapping(let old), .mapping(let new)):
            let kept = MergeRule.superseded(by: new.filter { $0.value.directive != .reset }.map(\.key), at: path)
            var result = overlay
            result.content = .mapping(merge(old.filter { !kept.contains($0.key) }, with: new, path: path))
            return result
        case (.sequence(let old), .sequence(let new)):
            guard !MergeRule.replaces(at: path) else { return overlay }
            var result = overlay
            result.content = .sequence(MergeRule.isSet(at: path) ? union(old, new) : old + new)
            return result
        default:
            if MergeRule.replaces(at: path) { return overlay }
            findings.report(
                "'\(path.last ?? "")' is \(overlay.kind) here and \(base.kind) at \(base.place)", at: overlay.place,
                hint: "write both alike, or put !override before this one")
            return base
        }
    }

    private func merge(
        _ old: [ManifestNode.Entry], with new: [ManifestNode.Entry], path: [String]
    ) -> [ManifestNode.Entry] {
        var result = old
        for entry in new {
            let index = result.firstIndex { $0.key == entry.key }
            if entry.value.directive == .reset {
                if let index { result.remove(at: index) }
                if keepsDirectives { result.append(entry) }
            } else if let index {
                result[index].value = merge(result[index].value, with: entry.value, path: path + [entry.key])
                result[index].place = entry.place
            } else {
                var entry = entry
                entry.value = added(entry.value)
                result.append(entry)
            }
        }
        return result
    }

    /// What is laid over nothing.
    private func added(_ node: ManifestNode) -> ManifestNode { keepsDirectives ? node : withoutResets(node) }

    /// What the later list adds to the earlier one; an equal entry is not repeated.
    private func union(_ old: [ManifestNode], _ new: [ManifestNode]) -> [ManifestNode] {
        let known = Set(old.compactMap(MergeRule.identity))
        return old + new.filter { MergeRule.identity(of: $0).map { !known.contains($0) } ?? true }
    }
}

extension ManifestNode {
    /// The tree with its merge tags forgotten: what has been merged says nothing about another file.
    var withoutDirectives: ManifestNode {
        var result = self
        result.directive = .merge
        switch content {
        case .mapping(let entries):
            result.content = .mapping(
                entries.map { .init(key: $0.key, place: $0.place, value: $0.value.withoutDirectives) })
        case .sequence(let items): result.content = .sequence(items.map(\.withoutDirectives))
        case .null, .scalar: break
        }
        return result
    }

    fileprivate var kind: String {
        switch content {
        case .null: "nothing"
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
