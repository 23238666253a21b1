import ArgumentParser
import Manifest
import StateDirectory

struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build what is out of date.",
        discussion: "Nothing is run for services whose sources and programs are as the last build left them.")

    @Argument(help: "The services to build, with what they depend on; all by default.")
    var services: [String] = []

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let project = try context.project()
        let builder = Builder(
            layout: StateLayout(project), console: context.console, environment: context.environment)
        let outcome = try await builder.build(try project.closure(of: services))
        switch global.format {
        case .json: context.console.result(JSONOutput.document(Document(outcome)))
        case .table:
            if outcome.built.isEmpty { context.console.talk("nothing to build: everything is up to date") }
        }
    }

    /// `msctl.build/1`.
    private struct Document: Encodable {
        let schema = "msctl.build/1"
        let built: [String]
        let upToDate: [String]

        init(_ outcome: Builder.Outcome) {
            built = outcome.built
            upToDate = outcome.upToDate
        }
    }
}
