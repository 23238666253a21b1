import ArgumentParser
import FoundationEssentials

/// A name for one request, as a script may bring it: 1 to 128 visible ASCII characters.
struct IdempotencyKey: ExpressibleByArgument, Equatable {
    let text: String

    init?(argument: String) {
        guard (1...128).contains(argument.utf8.count), argument.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        text = argument
    }
}

/// What commands that make something take, so that making it twice by accident is impossible.
struct IdempotencyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A name for this request: however often it is sent with the same, it is done once. Made up by default.",
            valueName: "key"))
    var idempotencyKey: IdempotencyKey?

    /// To be made once for each run of the command: all tries of its request have the same.
    func key() -> String { idempotencyKey?.text ?? UUID().uuidString.lowercased() }
}
