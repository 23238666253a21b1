import Manifest

/// The graph in Graphviz' language (graphviz.org/doc/info/lang.html): an arrow leads to what is waited for.
enum GraphDOT {
    static func rendered(_ graph: ServiceGraph) -> String {
        var lines = ["digraph \(quoted(graph.project)) {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
        for node in graph.nodes {
            let name = escaped(node.service.name)
            let label = node.state.map { "\(name)\\n\(escaped($0))" } ?? name
            lines.append("  \"\(name)\" [label=\"\(label)\", color=\(color(node.tone))];")
        }
        for node in graph.nodes {
            for dependency in node.dependencies {
                let style = dependency.required ? "solid" : "dashed"
                lines.append(
                    "  \(quoted(node.service.name)) -> \(quoted(dependency.service)) "
                        + "[label=\(dependency.word), style=\(style)];")
            }
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func color(_ tone: Tone) -> String {
        switch tone {
        case .well: "forestgreen"
        case .busy: "goldenrod"
        case .ill: "crimson"
        case .idle: "gray40"
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// Within quotes: a quote ends the string, a backslash begins an escape of labels.
    static func escaped(_ text: String) -> String {
        Table.Cell(text).text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}
