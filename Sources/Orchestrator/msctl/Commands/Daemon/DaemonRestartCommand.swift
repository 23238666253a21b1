import ArgumentParser

struct DaemonRestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "End the daemon and start it again, as the msctld that is installed now.",
        discussion: """
            The new daemon takes over what runs. Services are not touched and keep their listening sockets; nothing is \
            restarted or probed for the moment in between.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        try await DaemonLauncher(layout: try context.layout(), context: context).renew()
    }
}
