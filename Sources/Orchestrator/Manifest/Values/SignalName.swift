import Glibc

/// Signals by name, with or without `SIG`, or by number.
package enum SignalName {
    private static let numbers: [(name: String, number: Int32)] = [
        ("TERM", SIGTERM), ("INT", SIGINT), ("QUIT", SIGQUIT), ("HUP", SIGHUP), ("KILL", SIGKILL), ("USR1", SIGUSR1),
        ("USR2", SIGUSR2), ("ABRT", SIGABRT), ("ALRM", SIGALRM), ("BUS", SIGBUS), ("CHLD", SIGCHLD), ("CONT", SIGCONT),
        ("FPE", SIGFPE), ("ILL", SIGILL), ("IO", SIGIO), ("PIPE", SIGPIPE), ("PROF", SIGPROF), ("PWR", SIGPWR),
        ("SEGV", SIGSEGV), ("STOP", SIGSTOP), ("SYS", SIGSYS), ("TRAP", SIGTRAP), ("TSTP", SIGTSTP), ("TTIN", SIGTTIN),
        ("TTOU", SIGTTOU), ("URG", SIGURG), ("VTALRM", SIGVTALRM), ("WINCH", SIGWINCH), ("XCPU", SIGXCPU),
        ("XFSZ", SIGXFSZ),
    ]
    private static let last: Int32 = 64
    private static let firstRealTime: Int32 = 34

    /// nil for what names no signal: 1 to 64, `TERM`, `SIGTERM`, `RTMIN+3`, in any case.
    package static func number(_ text: String) -> Int32? {
        if let number = DecimalText.integer(text) {
            return (1...Int(last)).contains(number) ? Int32(number) : nil
        }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if name == "RTMIN" { return firstRealTime }
        if name.hasPrefix("RTMIN+"), let offset = DecimalText.integer(name.dropFirst(6)) {
            return offset <= Int(last - firstRealTime) ? firstRealTime + Int32(offset) : nil
        }
        return numbers.first { $0.name == name }?.number
    }

    /// `SIGTERM`, or the number of a signal that has no name.
    package static func text(_ number: Int32) -> String {
        numbers.first { $0.number == number }.map { "SIG\($0.name)" } ?? String(number)
    }

    /// What ``number(_:)`` reads, in whatever case.
    private static var pattern: String {
        let anyCase = { (name: String) in
            name.map { $0.isLetter ? "[\($0)\($0.lowercased())]" : "\($0)" }.joined()
        }
        let names = numbers.map { anyCase($0.name) } + [anyCase("RTMIN") + "(\\+[0-9]+)?", "[1-9][0-9]*"]
        return "^(\(anyCase("SIG")))?(\(names.joined(separator: "|")))$"
    }

    static var form: ScalarForm<Int32> {
        ScalarForm(
            expected: "the name or number of a signal",
            schema: ScalarSchema(.string, .integer, pattern: pattern, minimum: 1, maximum: Int(last)),
            hint: { NearestWord.hint(for: $0.text.uppercased(), in: numbers.map { "SIG\($0.name)" }) },
            parse: { number($0.text) })
    }
}
