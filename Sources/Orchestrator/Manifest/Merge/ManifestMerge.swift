/// Lays a later file over an earlier one by Compose's rules: mappings merge, sequences append, later scalars win.
struct ManifestMerge {
    let findings: Findings

    func merge(_ base: ManifestNode, with overlay: ManifestNode) -> ManifestNode {
        merge(base, with: overlay, path: [])
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
        case (.null, _), (.scalar, .scalar): return withoutResets(overlay)
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
            } else if let index {
                result[index].value = merge(result[index].value, with: entry.value, path: path + [entry.key])
                result[index].place = entry.place
            } else {
                var entry = entry
                entry.value = withoutResets(entry.value)
                result.append(entry)
            }
        }
        return result
    }

    /// What the later list adds to the earlier one; an equal entry is not repeated.
    private func union(_ old: [ManifestNode], _ new: [ManifestNode]) -> [ManifestNode] {
        let known = Set(old.compactMap(MergeRule.identity))
        return old + new.filter { MergeRule.identity(of: $0).map { !known.contains($0) } ?? true }
    }
}

extension ManifestNode {
    fileprivate var kind: String {
        switch content {
        case .null: "nothing"
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
