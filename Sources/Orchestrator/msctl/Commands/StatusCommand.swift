import ArgumentParser

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show each instance: state, health, age, process, port, use, and what is wrong.",
        discussion: """
            Exits 3 when nothing is running. With --watch it goes on until Ctrl-C: on a terminal as a table that is drawn \
            anew, else with a line for each change, as JSON with a whole document in each line.
            """,
        aliases: ["ps"])

    @Argument(help: "Services or instances to show; all by default.")
    var services: [String] = []

    @Flag(name: .shortAndLong, help: "Go on, and show each change.")
    var watch = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        if watch {
            let watch = StatusWatch(
                layout: try context.layout(), console: context.console, names: services, format: global.format)
            return try await watch.run()
        }
        try StatusRun(context: context, names: services, format: global.format).run()
    }
}
