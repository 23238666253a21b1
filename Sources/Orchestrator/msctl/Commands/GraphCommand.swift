import ArgumentParser
import Manifest
import StateDirectory

struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Show which service waits for which, and how each is.",
        discussion: """
            As text, each service stands under the last one that it waits for; HOP counts the steps of the start. dot is \
            for Graphviz (msctl graph --format dot | dot -Tsvg), mermaid for Markdown, json is msctl.graph/1.
            """)

    @Argument(help: "The services to show, with what they depend on; all by default.")
    var services: [String] = []

    @Option(help: "How the graph is printed.")
    var format: Format = .text

    @OptionGroup var manifests: ManifestOptions
    @OptionGroup var shared: SharedOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case dot
        case mermaid
        case json
    }

    func run() throws {
        let context = CommandContext(shared: shared, files: manifests.file)
        let project = try context.project()
        let statuses = try CommandFailure.reading { () throws(StateError) in
            try StateReader(layout: StateLayout(project)).statuses()
        }
        let graph = ServiceGraph(project, services: try project.closure(of: services), statuses: statuses)
        let console = context.console
        switch format {
        case .text: if !graph.nodes.isEmpty { console.result(GraphText.rendered(graph, style: console.outputStyle)) }
        case .dot: console.result(GraphDOT.rendered(graph))
        case .mermaid: console.result(GraphMermaid.rendered(graph))
        case .json: console.result(JSONOutput.document(GraphDocument(graph)))
        }
    }
}
