import CLinux
import Glibc

/// The two streams of the command: results go to stdout, talk to stderr. Talk is silent with `--quiet`.
struct Console: Sendable {
    let isQuiet: Bool
    /// Colour and animation on each stream: only on a terminal, without `NO_COLOR`, `TERM=dumb` or `--no-color`.
    let outputIsLive: Bool
    let errorIsLive: Bool

    /// The same streams for something whose talk is told in other words.
    var silent: Console { Console(isQuiet: true, outputIsLive: outputIsLive, errorIsLive: errorIsLive) }

    private init(isQuiet: Bool, outputIsLive: Bool, errorIsLive: Bool) {
        self.isQuiet = isQuiet
        self.outputIsLive = outputIsLive
        self.errorIsLive = errorIsLive
    }

    init(isQuiet: Bool, noColor: Bool, environment: [String: String]) {
        let plain = noColor || !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        self.isQuiet = isQuiet
        outputIsLive = !plain && isatty(STDOUT_FILENO) == 1
        errorIsLive = !plain && isatty(STDERR_FILENO) == 1
    }

    var outputStyle: Style { Style(isEnabled: outputIsLive) }
    var errorStyle: Style { Style(isEnabled: errorIsLive) }

    /// Of the terminal that results go to, in columns; nil when it is none, or does not say.
    var outputWidth: Int? {
        var size: (columns: Int32, rows: Int32) = (0, 0)
        guard clinux_terminal_size(STDOUT_FILENO, &size.columns, &size.rows) == 0, size.columns > 0 else { return nil }
        return Int(size.columns)
    }

    /// Prints a line of the result.
    func result(_ text: String) { Self.write(text + "\n", to: STDOUT_FILENO) }

    /// Prints bytes of the result exactly as they are.
    func result(bytes: [UInt8]) { bytes.withUnsafeBytes { Self.write($0, to: STDOUT_FILENO) } }

    /// Tells what is going on, unless `--quiet`.
    func talk(_ text: String) {
        if !isQuiet { Self.write(text + "\n", to: STDERR_FILENO) }
    }

    /// Tells what went wrong or must be answered; `--quiet` does not silence it.
    func complain(_ text: String) { Self.write(text + "\n", to: STDERR_FILENO) }

    /// Writes talk as it is, without a newline of its own: for lines that are redrawn.
    func talk(raw text: String) {
        if !isQuiet { Self.write(text, to: STDERR_FILENO) }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Glibc.write(descriptor, start, rest.count)
            if count < 0 && errno == EINTR { continue }
            // The reader has gone (or the disk is full); there is nobody left to tell.
            guard count >= 0 else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
