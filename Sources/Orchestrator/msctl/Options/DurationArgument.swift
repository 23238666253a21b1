import ArgumentParser

/// A duration on the command line: `500ms`, `1m30s`, `2d`, or a plain number of seconds.
struct DurationArgument: ExpressibleByArgument, Hashable, CustomStringConvertible {
    let duration: Duration
    /// As it was given.
    let description: String

    init?(argument: String) {
        guard let duration = Self.parse(argument) else { return nil }
        self.duration = duration
        description = argument
    }

    init(seconds: Int) {
        duration = .seconds(seconds)
        description = "\(seconds)s"
    }

    var defaultValueDescription: String { description }

    var milliseconds: Int { Int(duration / .milliseconds(1)) }

    private static let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400]

    private static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var seconds = 0.0
        var isFirst = true
        while !rest.isEmpty || isFirst {
            let number = rest.prefix { "0" <= $0 && $0 <= "9" || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            // Only a number that stands alone may go without its unit.
            let factor = unit.isEmpty && isFirst && rest.isEmpty ? 1 : units[String(unit)]
            guard let value = Double(number), let factor else { return nil }
            seconds += value * factor
            isFirst = false
        }
        return seconds <= 31_536_000 ? .seconds(seconds) : nil
    }
}
