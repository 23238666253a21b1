import Glibc
import StateDirectory
import SystemPackage

/// Where a password comes from: a file, stdin, or a terminal that does not show it. Never an argument, which everybody on
/// the machine can read.
enum Password {
    static func read(file: String?, context: CommandContext, confirmed: Bool) throws(CommandFailure) -> String {
        let password: String
        if let file {
            password = try read(file: context.currentDirectory.pushing(FilePath(file)))
        } else if isatty(STDIN_FILENO) == 1 {
            password = try HiddenPrompt.ask("Password: ")
            if confirmed, try HiddenPrompt.ask("Again: ") != password { throw .usage("the two passwords differ") }
        } else {
            password = firstLine(try readStandardInput())
        }
        guard !password.isEmpty else { throw .usage("the password is empty") }
        return password
    }

    private static func read(file: FilePath) throws(CommandFailure) -> String {
        guard let bytes = try CommandFailure.reading({ () throws(StateError) in try AtomicFile.read(file) }) else {
            throw .usage("there is no file \(file)")
        }
        return firstLine(bytes)
    }

    private static func readStandardInput() throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !bytes.contains(10), bytes.count < 65_536 {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .failed("stdin cannot be read: \(Errno(rawValue: errno))") }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static func firstLine(_ bytes: [UInt8]) -> String {
        let line = bytes.prefix { $0 != 10 }
        return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
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
