import ArgumentParser
import StateDirectory

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop services; they stay in 'status'.",
        discussion: "Exits 3 when nothing is running.")

    @Argument(help: "Services, or instances such as web.2.")
    var services: [String]

    @Option(help: "Time to stop in, instead of each service's own: 10s.")
    var timeout: DurationArgument?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let layout = try context.layout()
        guard StopRun.isAnythingAlive(layout) else {
            throw CommandFailure.nothingRunning("nothing is running", hint: "msctl up")
        }
        try KnownNames.read(layout).check(services)
        let stop = StopRun(layout: layout, context: context, grace: timeout, forgets: false)
        try await stop.run(services)
        if global.format == .json {
            let report = try StatusReport.read(layout, services: services)
            context.console.result(JSONOutput.document(StatusDocument(report)))
        }
    }
}
