/// Which lines to read. Everything that is not said does not narrow.
package struct LogQuery: Sendable, Hashable {
    package enum Runs: Sendable, Hashable {
        /// Each instance's last run; while following, also those that come.
        case last
        case all
        case number(Int)
    }

    /// Services (`user-service`) or instances of them (`user-service.2`); empty is all.
    package var services: [String] = []
    package var streams: Set<LogStream> = Set(LogStream.allCases)
    package var runs: Runs = .last
    /// Only the last so many of the lines that pass; nil is all.
    package var tail: Int?
    package var since: LogTime?
    /// Lines before this.
    package var until: LogTime?
    /// A line without a level is judged by the record above it, or else as info on stdout and as error on stderr.
    package var minimumLevel: LogLevel?
    package var traceID: String?
    package var requestID: String?
    /// A regular expression, searched for in the bytes of the line; without metacharacters a plain, much faster search.
    package var pattern: String?

    /// Likewise; lines in which it is found are left out.
    package var exclusion: String?
    /// A condition on fields, see ``WhereExpression``.
    package var condition: String?

    /// Only what a reader who came this far has not read yet: instead of `runs`, the runs from there on.
    package var after: LogCursor?

    package init() {}
}
