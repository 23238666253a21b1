/// What the lines above give to a line: a time if it has none, a gravity if it has none, and its place in the merge.
struct LineContext {
    /// The time of the last line that had one.
    private(set) var time: LogTime
    /// What `--level` judges by: the level of the last record, so that a stack trace passes with the error it belongs
    /// to.
    private(set) var severity: LogLevel
    private(set) var place: LogTime
    /// Whether a line with a time was seen; until then time and place are guesses.
    private(set) var isAnchored = false
    private let usual: LogLevel

    /// Lines of a file this much out of order are put in order (threads race to write); a greater step back is a
    /// clock that was set, or a line whose time means something else.
    static let reorderWindow = Duration.seconds(10)

    /// At a file's beginning. Text on stderr before any record is a crash more often than not, so it counts as an
    /// error.
    init(_ file: LogFile) {
        time = file.birth
        place = file.birth
        usual = file.stream == .stderr ? .error : .info
        severity = usual
    }

    /// Text that comes while its file is being followed has a time after all: that of its arrival.
    mutating func arrive(at now: LogTime) {
        time = max(time, now)
        place = max(place, now)
    }

    /// Moves on to a line; `next` is the time of the line after it, if that is known and has one.
    mutating func advance(to fields: LineFields, next: LogTime?) {
        if fields.isRecord || fields.level != nil { severity = fields.level ?? usual }
        guard let own = fields.time else { return }
        time = own
        if !isAnchored {
            place = own
        } else if let next, isBefore(next, own), !isBefore(next, place) {
            // The next line is back where the last one was: this time is a mistake, and must not hold up what follows.
        } else if own > place {
            place = own
        } else if isBefore(own, place), let next, isBefore(next, place) {
            // Two lines agree that it is earlier: the clock was set back.
            place = own
        }
        isAnchored = true
    }

    /// Whether it is more than out of order.
    private func isBefore(_ a: LogTime, _ b: LogTime) -> Bool { a.advanced(by: Self.reorderWindow) < b }
}
