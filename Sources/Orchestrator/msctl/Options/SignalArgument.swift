import ArgumentParser
import Manifest

/// A signal on the command line: `TERM`, `SIGTERM` or `15`.
struct SignalArgument: ExpressibleByArgument, Hashable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    init?(argument: String) {
        guard let number = SignalName.number(argument) else { return nil }
        self.number = number
    }

    /// `SIGTERM`.
    var name: String { SignalName.text(number) }
    var defaultValueDescription: String { name }
}
