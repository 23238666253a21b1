import Manifest

/// The graph as a Mermaid flowchart, which many forges draw in Markdown.
enum GraphMermaid {
    /// Nodes are numbered: names may be words of the language, such as `end`.
    static func rendered(_ graph: ServiceGraph) -> String {
        let numbers = Dictionary(
            graph.nodes.enumerated().map { ($1.service.name, "n\($0)") }, uniquingKeysWith: { first, _ in first })
        var lines = ["flowchart LR"]
        for node in graph.nodes {
            let name = escaped(node.service.name)
            let label = node.state.map { "\(name)<br/>\(escaped($0))" } ?? name
            lines.append("  \(numbers[node.service.name] ?? "")[\"\(label)\"]:::\(node.tone)")
        }
        for node in graph.nodes {
            for dependency in node.dependencies {
                let arrow = dependency.required ? "-->" : "-.->"
                lines.append(
                    "  \(numbers[node.service.name] ?? "") \(arrow)|\(dependency.word)| "
                        + (numbers[dependency.service] ?? ""))
            }
        }
        lines += [
            "  classDef well stroke:#228b22", "  classDef busy stroke:#daa520", "  classDef ill stroke:#dc143c",
            "  classDef idle stroke:#666666",
        ]
        return lines.joined(separator: "\n")
    }

    /// What has a meaning within quotes, as Mermaid's numbered entities.
    static func escaped(_ text: String) -> String {
        Table.Cell(text).text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "#", "&", "<", ">", "`", ";", "\\": "#\(scalar.value);"
            default: String(scalar)
            }
        }.joined()
    }
}
