import Glibc
import StateDirectory
import SystemPackage

/// Where passwords come from: a file, stdin, or a terminal that does not show them. Never an argument, which everybody on
/// the machine can read.
struct Password {
    let context: CommandContext
    /// Several passwords stand on a line each.
    private var lines = InputLines(descriptor: STDIN_FILENO)

    init(context: CommandContext) { self.context = context }

    static func read(file: String?, context: CommandContext, confirmed: Bool) throws(CommandFailure) -> String {
        var input = Password(context: context)
        return try input.read(file: file, question: "Password: ", confirmed: confirmed)
    }

    /// The next password.
    ///
    /// - Parameters:
    ///   - file: its first line; nil for a terminal or stdin.
    ///   - confirmed: asks twice on a terminal.
    mutating func read(file: String?, question: String, confirmed: Bool) throws(CommandFailure) -> String {
        let password: String
        if let file {
            password = try read(file: context.currentDirectory.pushing(FilePath(file)))
        } else if isatty(STDIN_FILENO) == 1 {
            password = try HiddenPrompt.ask(question)
            if confirmed, try HiddenPrompt.ask("Again: ") != password { throw .usage("the two passwords differ") }
        } else {
            password = try lines.next() ?? ""
        }
        guard !password.isEmpty else {
            throw .usage(
                "the password is empty", hint: "type it, send it to stdin on a line of its own, or name a file")
        }
        return password
    }

    private func read(file: FilePath) throws(CommandFailure) -> String {
        guard let bytes = try CommandFailure.reading({ () throws(StateError) in try AtomicFile.read(file) }) else {
            throw .usage("there is no file \(file)")
        }
        return InputLines.text(bytes.prefix { $0 != 10 })
    }
}

/// A descriptor line by line.
struct InputLines {
    let descriptor: Int32
    /// Longer lines come in pieces; no password is so long.
    static let longest = 65_536
    private var pending: [UInt8] = []
    private var isAtEnd = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Without its line break; nil at the end.
    mutating func next() throws(CommandFailure) -> String? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !isAtEnd, !pending.contains(10), pending.count < Self.longest {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .failed("stdin cannot be read: \(Errno(rawValue: errno))") }
            if count == 0 { isAtEnd = true }
            pending += chunk[..<count]
        }
        guard !pending.isEmpty else { return nil }
        let line = pending.prefix { $0 != 10 }
        pending.removeFirst(min(line.count + 1, pending.count))
        return Self.text(line)
    }

    /// Lines of other systems end in CR LF.
    static func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
    }
}

/// Asks on the terminal without showing what is typed.
enum HiddenPrompt {
    /// Signals are typed characters meanwhile, so the terminal is always put right again.
    static func ask(_ question: String) throws(CommandFailure) -> String {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw .failed("the terminal cannot be asked: \(Errno(rawValue: errno))")
        }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        write(STDERR_FILENO, question, question.utf8.count)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            write(STDERR_FILENO, "\n", 1)
        }
        var typed: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            switch (count, byte) {
            // Return, line feed, or the end of input.
            case (...0, _), (_, 10), (_, 13), (_, 4): return String(decoding: typed, as: UTF8.self)
            // ^C and ^\
            case (_, 3), (_, 28): throw .usage("no password was given")
            // Backspace takes a whole character.
            case (_, 8), (_, 127):
                var text = String(decoding: typed, as: UTF8.self)
                _ = text.popLast()
                typed = Array(text.utf8)
            // ^U takes the line.
            case (_, 21): typed = []
            default: typed.append(byte)
            }
        }
    }
}
