import Glibc
import LogStore
import SystemPackage

/// Printed lines on their way to stdout, in large writes.
struct LogOutput {
    private var printer: LogPrinter
    private var bytes: [UInt8] = []

    /// A reader that has gone must end the command, not kill it: `msctl logs | head` is done when head is.
    init(_ printer: LogPrinter) {
        self.printer = printer
        signal(SIGPIPE, SIG_IGN)
    }

    /// False when nobody reads any more.
    mutating func print(_ lines: [LogLine]) throws(CommandFailure) -> Bool {
        // By their indices: no line is copied.
        for index in lines.indices {
            printer.append(lines[index], to: &bytes)
            if bytes.count >= 65_536, try !flush() { return false }
        }
        return true
    }

    /// `{"schema":"msctl.cursor/1","cursor":"…"}`
    mutating func print(_ cursor: LogCursor) {
        bytes.append(contentsOf: #"{"schema":"msctl.cursor/1","cursor":"\#(cursor)"}"#.utf8)
        bytes.append(0x0A)
    }

    /// False when nobody reads any more.
    mutating func flush() throws(CommandFailure) -> Bool {
        defer { bytes.removeAll(keepingCapacity: true) }
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
            return true
        } catch Errno.brokenPipe {
            return false
        } catch {
            throw .failed("stdout cannot be written: \(error)")
        }
    }
}
