import ArgumentParser

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Bring services up, then build and replace them as their files change.",
        discussion: """
            What to watch is said by develop.watch in the manifests. A service is replaced when its new instance is \
            ready, so the old one serves until then; a build that fails changes nothing. Changed manifests are applied \
            as by 'up'. Ctrl-C ends it with exit code 0, and what runs goes on. With --format json each thing that \
            happens is one line, msctl.watch/1.
            """)

    @Argument(help: "The services to watch; all that have develop.watch by default.")
    var services: [String] = []

    @Option(help: "How long to wait for readiness each time: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let talk = WatchTalk(console: context.console, format: global.format)
        var run = try WatchRun(context: context, names: services, timeout: waitTimeout.duration, talk: talk)
        Interruption.endsInSuccess()
        try await run.run()
    }
}
