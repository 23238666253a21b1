/// What the lines above give to a line: a time if it has none, a gravity if it has none, and its place in the merge.
struct LineContext: Hashable {
    /// The time of the last line that had one, or the arrival of text that came clearly later.
    private(set) var time: LogTime
    /// What `--level` judges by: the level of the last entry, so that a stack trace passes with the error it belongs
    /// to.
    private(set) var severity: LogLevel
    private(set) var place: LogTime
    /// Whether a line with a time was seen; until then time and place are guesses.
    private(set) var isAnchored = false
    /// Where the last entry began; nil before the first.
    private(set) var entry: Int64?
    /// Whether that entry carries the ids that a query asks for. Depends on the query, and is not part of an index.
    var entryIsWanted = false
    let usual: LogLevel

    /// Lines of a file this much out of order are put in order (threads race to write); a greater step back is a
    /// clock that was set, or a line whose time means something else.
    static let reorderWindow = Duration.seconds(10)
    /// Text that comes so many nanoseconds later than the line above it does not belong to that line's moment.
    static let arrivalGap: Int64 = 1_000_000_000
    /// So many bytes after its beginning, an entry is over: a stack trace belongs to its record, a day of text does
    /// not.
    static let longestEntry: Int64 = 65_536

    /// At a file's beginning. Text on stderr before any record is a crash more often than not, so it counts as an
    /// error.
    init(_ file: LogFile) {
        time = file.birth
        place = file.birth
        usual = file.stream == .stderr ? .error : .info
        severity = usual
    }

    /// As it was at an offset that an index has kept.
    init(_ file: LogFile, time: LogTime, place: LogTime, severity: LogLevel, isAnchored: Bool) {
        self.init(file)
        self.time = time
        self.place = place
        self.severity = severity
        self.isAnchored = isAnchored
    }

    /// Whether text that arrives at `now` has a time of its own by that.
    func isLate(_ now: LogTime) -> Bool {
        let (lateness, isEndless) = now.nanoseconds.subtractingReportingOverflow(time.nanoseconds)
        return now > time && (isEndless || lateness > Self.arrivalGap)
    }

    /// Text without a time has one after all: that of its arrival.
    mutating func arrive(at now: LogTime) {
        time = max(time, now)
        place = max(place, now)
    }

    /// Whether a line at `offset` that begins no entry belongs to the last one.
    func entryReaches(_ offset: Int64) -> Bool { entry.map { offset - $0 <= Self.longestEntry } ?? false }

    /// Moves on to a line; `next` is the time of the line after it, if that is known and has one.
    @inline(__always)
    mutating func advance(to fields: LineFields, at offset: Int64, next: LogTime?) {
        if fields.beginsEntry {
            severity = fields.level ?? usual
            entry = offset
        }
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
    @inline(__always)
    private func isBefore(_ a: LogTime, _ b: LogTime) -> Bool {
        a < b && a.advanced(by: Self.reorderWindow) < b
    }
}
