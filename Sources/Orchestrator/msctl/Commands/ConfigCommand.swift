import ArgumentParser
import Manifest

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the project as it is understood, or say what is wrong with it.",
        discussion: """
            Exits 78 when a manifest is wrong. For an editor that knows YAML schemas:

              msctl config --schema > manifest.schema.json

            and '# yaml-language-server: $schema=PATH' in the first line of a manifest.
            """)

    @Flag(name: .long, help: "Print nothing when everything is in order.")
    var check = false

    @Flag(name: .long, help: "Print the JSON Schema of a manifest; no project is read.")
    var schema = false

    @Option(help: "How the project is printed.")
    var format: Format = .yaml

    @OptionGroup var manifests: ManifestOptions
    @OptionGroup var shared: SharedOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case yaml
        case json
    }

    func run() throws {
        let context = CommandContext(shared: shared, files: manifests.file)
        guard !schema else {
            context.console.result(bytes: Array(ManifestSchema.json().utf8))
            return
        }
        let project = try context.project()
        guard !check else { return }
        let text =
            switch format {
            case .yaml: project.yaml()
            case .json: project.json()
            }
        context.console.result(bytes: Array(text.utf8))
    }
}
