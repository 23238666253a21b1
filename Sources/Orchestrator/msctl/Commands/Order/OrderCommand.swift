import ArgumentParser

struct OrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "The shop's orders.",
        subcommands: [
            OrderPlaceCommand.self, OrderListCommand.self, OrderShowCommand.self, OrderCancelCommand.self,
        ])
}
