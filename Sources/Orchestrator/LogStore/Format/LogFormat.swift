/// How lines are printed.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case pretty
    /// `msctl.log/1`, one object a line.
    case json
    /// The bytes as they were written.
    case raw
}

/// Turns lines into bytes to print, each with its newline.
package struct LogPrinter {
    private let format: LogFormat
    private var pretty: PrettyFormat

    /// `columns` is the width of the longest instance name expected; longer ones widen the column when they come.
    package init(_ format: LogFormat, isColoured: Bool = false, columns: Int = 0, now: LogTime = .now()) {
        self.format = format
        pretty = PrettyFormat(isColoured: isColoured, instanceWidth: columns, now: now)
    }

    package mutating func append(_ line: LogLine, to bytes: inout [UInt8]) {
        switch format {
        case .pretty: pretty.append(line, to: &bytes)
        case .json: JSONFormat.append(line, to: &bytes)
        case .raw: bytes.append(contentsOf: line.bytes)
        }
        bytes.append(0x0A)
    }
}
