import StateDirectory

/// What the instances of a project have written, as far as the index has come: a fifth of a second behind the files while
/// a daemon runs.
package struct LogMeter: Sendable, Hashable {
    /// Of one instance.
    package struct Reading: Sendable, Hashable {
        /// Since its first run, or since there is an index; those of runs whose files are gone stay counted.
        package var total: LogCounts
        /// Those in which anything was written, oldest first.
        package var minutes: [Minute]

        package init(total: LogCounts = LogCounts(), minutes: [Minute] = []) {
            self.total = total
            self.minutes = minutes
        }

        /// What was written in one minute.
        package func counts(inMinute number: Int64) -> LogCounts {
            minutes.first { $0.number == number }?.counts ?? LogCounts()
        }
    }

    /// One minute of the clock, in UTC.
    package struct Minute: Sendable, Hashable {
        /// Since 1970.
        package let number: Int64
        package var counts: LogCounts

        package init(_ number: Int64, _ counts: LogCounts) {
            self.number = number
            self.counts = counts
        }

        package static func number(ofMilliseconds time: Int64) -> Int64 { time / 60_000 }
    }

    /// nil when there is no index: then nothing is known of any instance.
    private let readings: [InstanceID: Reading]?

    package init(_ readings: [InstanceID: Reading]?) { self.readings = readings }

    /// nil when nothing is known; an instance that an index knows nothing of has written nothing.
    package subscript(instance: InstanceID) -> Reading? {
        readings.map { $0[instance] ?? Reading() }
    }
}

extension LogMeter {
    /// Reads the totals, and the minutes from one on (they are kept for a day). Opens the index for one query; blocks.
    package static func read(_ layout: StateLayout, fromMinute first: Int64) throws(LogError) -> LogMeter {
        do {
            guard let connection = try IndexConnection(layout.logIndex, writes: false),
                try IndexSchema.version(of: connection) == IndexSchema.version
            else { return LogMeter(nil) }
            return LogMeter(try readings(connection, fromMinute: first))
        } catch {
            throw .index("\(error)")
        }
    }

    /// From the totals to their minutes: so each instance's newest minutes are found without going through its day.
    private static func readings(
        _ connection: IndexConnection, fromMinute first: Int64
    ) throws(IndexError) -> [InstanceID: Reading] {
        let rows = try connection.rows(
            """
            SELECT totals.instance, totals.lines, totals.bytes, totals.errors,
                minutes.minute, minutes.lines, minutes.bytes, minutes.errors
            FROM totals LEFT JOIN minutes ON minutes.instance = totals.instance AND minutes.minute >= ?
            ORDER BY totals.instance, minutes.minute
            """, .integer(first)
        ) { row -> (InstanceID, LogCounts, Minute?)? in
            // A name that makes no sense is no instance of ours.
            guard let instance = InstanceID(row.text(0)) else { return nil }
            return (instance, LogCounts(row, from: 1), row.optional(4).map { Minute($0, LogCounts(row, from: 5)) })
        }
        var readings: [InstanceID: Reading] = [:]
        for (instance, total, minute) in rows {
            readings[instance, default: Reading(total: total)].minutes += minute.map { [$0] } ?? []
        }
        return readings
    }
}

extension LogCounts {
    /// From three columns: lines, bytes, errors.
    fileprivate init(_ row: borrowing IndexConnection.Row, from column: Int32) {
        self.init(
            lines: row.integer(column), bytes: row.integer(column + 1), errors: row.integer(column + 2))
    }
}
