import Manifest

/// The graph as a tree for people: each service once, under the last one that it waits for.
enum GraphText {
    static func rendered(_ graph: ServiceGraph, style: Style) -> String {
        let isKnown = graph.nodes.contains { $0.state != nil }
        var table = Table(
            [.right("HOP"), .left("SERVICE")] + (isKnown ? [.left("STATE")] : []) + [.left("AFTER")])
        for (branch, node) in rows(graph, under: nil, indent: "") {
            let tone = node.tone
            let state = Table.Cell(node.state ?? "") { $0.paint($1, tone) }
            table.add(
                [Table.Cell(String(node.hop)), Table.Cell(branch + node.service.name)] + (isKnown ? [state] : [])
                    + [Table.Cell(after(node))])
        }
        return table.rendered(style)
    }

    private static func rows(
        _ graph: ServiceGraph, under name: String?, indent: String
    ) -> [(branch: String, node: ServiceGraph.Node)] {
        let children = graph.children(of: name)
        return children.enumerated().flatMap { index, node in
            let isLast = index == children.count - 1
            let branch = name == nil ? "" : indent + (isLast ? "└─ " : "├─ ")
            let below = name == nil ? "" : indent + (isLast ? "   " : "│  ")
            return [(branch, node)] + rows(graph, under: node.service.name, indent: below)
        }
    }

    /// `user-service healthy, migration completed, cache started (optional)`
    private static func after(_ node: ServiceGraph.Node) -> String {
        node.dependencies.map { "\($0.service) \($0.word)" + ($0.required ? "" : " (optional)") }
            .joined(separator: ", ")
    }
}
