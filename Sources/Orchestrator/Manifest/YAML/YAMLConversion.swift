import SystemPackage
import Yams

/// Turns Yams' nodes into manifest nodes: aliases copied within limits, `<<` merged, keys checked.
///
/// The limits hold for values. A bomb of aliases inside a *key* is hashed by Yams' own parser before they apply; it costs
/// time, never memory, and who writes manifests may run any command anyway.
struct YAMLConversion {
    /// Nodes of one file with aliases counted at each use; what is beyond is no manifest but a bomb.
    static let nodeLimit = 100_000
    static let depthLimit = 64

    let file: FilePath
    let findings: Findings
    let duplicates: DuplicateKeys
    private var visited = 0
    private var exhausted = false

    init(file: FilePath, findings: Findings, duplicates: DuplicateKeys) {
        self.file = file
        self.findings = findings
        self.duplicates = duplicates
    }

    /// nil when the document is too large or too deep, which has been reported.
    mutating func convert(_ root: Node) -> ManifestNode? {
        let node = convert(root, depth: 0)
        return exhausted ? nil : node
    }

    private mutating func convert(_ node: Node, depth: Int) -> ManifestNode {
        let place = place(of: node)
        var result = ManifestNode(content: .null, place: place)
        guard !exhausted else { return result }
        visited += 1
        if visited > Self.nodeLimit || depth > Self.depthLimit {
            exhausted = true
            findings.report(
                visited > Self.nodeLimit
                    ? "the file has more than \(Self.nodeLimit) nodes with its aliases written out"
                    : "the file is nested more than \(Self.depthLimit) levels deep", at: place)
            return result
        }
        result.directive = directive(of: node, at: place)
        switch node {
        case .scalar(let scalar):
            let plain = scalar.style == .plain
            let isNull = plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            if !isNull {
                result.content = .scalar(.init(text: scalar.string, style: plain ? .plain : .quoted))
            }
        case .sequence(let sequence):
            result.content = .sequence(sequence.map { item(convert($0, depth: depth + 1)) })
        case .mapping(let mapping):
            result.content = .mapping(entries(of: mapping, depth: depth))
        case .alias:
            // Yams' parser puts the aliased node in the alias's place.
            findings.report("invalid YAML: an alias that names nothing", at: place)
        }
        return result
    }

    private func item(_ node: ManifestNode) -> ManifestNode {
        if node.directive != .merge {
            findings.report("!override and !reset stand before the value of a key, not in a list", at: node.place)
        }
        return node
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [ManifestNode.Entry] {
        var entries: [ManifestNode.Entry] = []
        var merged: [ManifestNode.Entry] = []
        for (key, value) in mapping where !exhausted {
            let place = place(of: key)
            guard case .scalar(let scalar) = key else {
                findings.report("a key must be a word, not a list or a mapping", at: place)
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                merged += mergeEntries(from: convert(value, depth: depth + 1))
            } else {
                entries.append(.init(key: scalar.string, place: place, value: convert(value, depth: depth + 1)))
            }
        }
        entries = withoutDuplicates(entries)
        let own = Set(entries.map(\.key))
        return merged.filter { !own.contains($0.key) } + entries
    }

    /// The entries that `<<: *a` or `<<: [*a, *b]` brings; of equal keys the earlier source's.
    private func mergeEntries(from source: ManifestNode) -> [ManifestNode.Entry] {
        let sources = if case .sequence(let list) = source.content { list } else { [source] }
        var entries: [ManifestNode.Entry] = []
        for source in sources {
            guard let found = source.entries else {
                findings.report("'<<' takes a mapping or a list of mappings, not \(source.shape)", at: source.place)
                continue
            }
            let known = Set(entries.map(\.key))
            entries += found.filter { !known.contains($0.key) }
        }
        return entries
    }

    private func withoutDuplicates(_ entries: [ManifestNode.Entry]) -> [ManifestNode.Entry] {
        var firsts: [String: Place] = [:]
        return entries.filter { entry in
            let key = duplicates.original(of: entry.key) ?? entry.key
            guard let first = firsts[key] else {
                firsts[key] = entry.place
                // A masked first stays out too: nothing is read from a key that stands there twice.
                return key == entry.key
            }
            findings.report("duplicate key '\(key)'", at: entry.place, hint: "the first is on line \(first.line)")
            return key == entry.key
        }
    }

    private func directive(of node: Node, at place: Place) -> ManifestNode.Directive {
        let tag = node.tag.rawValue
        switch tag {
        case "!override": return .override
        case "!reset": return .reset
        case Tag.Name.str.rawValue, Tag.Name.map.rawValue, Tag.Name.seq.rawValue, Tag.Name.implicit.rawValue,
            Tag.Name.nonSpecific.rawValue:
            return .merge
        default:
            findings.report("the tag '\(tag)' is not supported", at: place, hint: "only !override and !reset are")
            return .merge
        }
    }

    private func place(of node: Node) -> Place {
        Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}
