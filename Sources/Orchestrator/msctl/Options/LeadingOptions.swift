/// Global options may also stand before the command: `msctl -C shop status`. They are moved behind it, where every command
/// takes them, so no command has to look in two places.
enum LeadingOptions {
    /// Short and long names to the long one; whether a value follows.
    private static let names: [String: (long: String, takesValue: Bool)] = [
        "-f": ("--file", true), "--file": ("--file", true),
        "-C": ("--project-directory", true), "--project-directory": ("--project-directory", true),
        "--profile": ("--profile", true), "--format": ("--format", true),
        "-q": ("--quiet", false), "--quiet": ("--quiet", false), "--no-color": ("--no-color", false),
    ]

    static func movedBehindCommand(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
        while let argument = rest.first {
            let name = argument.prefix { $0 != "=" }
            guard let option = names[String(name)] else { break }
            rest = rest.dropFirst()
            if name.count < argument.count {
                leading.append(option.long + argument.dropFirst(name.count))
            } else {
                leading.append(option.long)
                if option.takesValue, let value = rest.popFirst() { leading.append(value) }
            }
        }
        // Without a command they stay, and the parser says what is missing.
        guard !leading.isEmpty, !rest.isEmpty else { return arguments }
        // What follows `run`'s own options is another command's.
        if rest.first == "run" { return ["run"] + leading + Array(rest.dropFirst()) }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end]) + leading + Array(rest[end...])
    }
}
