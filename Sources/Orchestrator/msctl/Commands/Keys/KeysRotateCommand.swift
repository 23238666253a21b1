import ArgumentParser
import Manifest
import StateDirectory

struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Sign with a new key from now on; what the last one signed stays good.",
        discussion: """
            The secret's file gets a new first line and keeps the one before it: the first signs, both verify. The services \
            that read it are restarted, replica by replica where they can be. Rotate again once everything that the key \
            before signed has expired, and that key is no good to anybody.
            """)

    @Argument(help: "A secret that is generated.")
    var secret = "token-signing-key"

    @Option(help: "How long to wait for readiness: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let project = try context.project()
        let layout = StateLayout(project)
        let generated = project.secrets.filter { $0.source == .generated }.map(\.name)
        guard generated.contains(secret) else {
            let known = generated.isEmpty ? "it has none" : generated.joined(separator: ", ")
            throw CommandFailure.usage("the project has no generated secret \(secret) (\(known))")
        }
        try CommandFailure.reading { () throws(StateError) in try SecretStore(layout: layout).rotate(secret) }
        let readers = project.services.filter { $0.secrets.contains(secret) }.map(\.name)
        let known = try CommandFailure.reading { () throws(StateError) in
            Set(try StateReader(layout: layout).storedStatuses().map(\.instance.service))
        }
        let running = readers.filter(known.contains)
        guard !running.isEmpty else {
            return context.console.talk("\(secret) rotated; nothing that reads it runs")
        }
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        let run = UpRun(
            project: project, layout: layout, console: context.console, control: control,
            timeout: waitTimeout.duration)
        _ = try await run.restart(running, grace: nil)
        context.console.talk("\(secret) rotated; \(running.joined(separator: ", ")) restarted")
    }
}
