import LogStore
import ProcessTable
import StateDirectory

/// `status` for people.
enum StatusTable {
    /// - Parameters:
    ///   - width: where lines are cut, in columns; nil for nowhere.
    ///   - room: how much there is, in columns, before what can be done without is left out; nil for enough.
    static func rendered(
        _ report: StatusReport, now: Int64, style: Style, width: Int? = nil, room: Int? = nil
    ) -> String {
        var table = Table([
            .left("NAME"), .left("STATE"), .left("HEALTH"), .right("SINCE"), .right("RESTARTS"), .right("PID"),
            .right("PORT"), .right("CPU"), .right("MEMORY"), .right("LINES/MIN", givesWay: true),
            .right("ERRORS/MIN", givesWay: true), .left("REASON"),
        ])
        for row in report.rows { table.add(cells(row, now: now)) }
        if let room = room ?? width { table = table.fitted(to: room) }
        return table.rendered(style, width: width)
    }

    private static func cells(_ row: StatusReport.Row, now: Int64) -> [Table.Cell] {
        let status = row.status
        let written = row.logs.map { status.writtenPerMinute($0, now: now) } ?? LogCounts()
        return [
            Table.Cell(status.instance.description),
            Table.Cell(status.state.rawValue) { $0.paint($1, status.tone) },
            Table.Cell(status.health == .none ? "" : status.health.rawValue) { $0.paint($1, status.tone) },
            Table.Cell(TimeText.coarse(.milliseconds(now - status.since))),
            Table.Cell(status.restarts == 0 ? "" : String(status.restarts)),
            Table.Cell(status.pid.map { String($0) } ?? ""),
            Table.Cell(status.port.map { String($0) } ?? ""),
            Table.Cell(row.usage.map { TimeText.decimal($0.cpuCores * 100, places: 1) + "%" } ?? ""),
            Table.Cell(row.usage.map { bytes($0.residentBytes) } ?? ""),
            Table.Cell(written.lines == 0 ? "" : String(written.lines)),
            Table.Cell(written.errors == 0 ? "" : String(written.errors)) { $0.red($1) },
            Table.Cell(status.why ?? ""),
        ]
    }

    /// `812 KB`, `41.2 MB`, `1.30 GB`; decimal units.
    static func bytes(_ count: UInt64) -> String {
        switch count {
        case ..<1_000_000: "\(count / 1000) KB"
        case ..<1_000_000_000: "\(TimeText.decimal(Double(count) / 1e6, places: 1)) MB"
        default: "\(TimeText.decimal(Double(count) / 1e9, places: 2)) GB"
        }
    }
}

extension InstanceStatus {
    /// What was written in the last whole minute; in the minute so far, by an instance that has been up no longer.
    func writtenPerMinute(_ logs: LogMeter.Reading, now: Int64) -> LogCounts {
        let minute = LogMeter.Minute.number(ofMilliseconds: now)
        let isNew = (state == .starting || state == .running) && since >= minute * 60_000
        return logs.counts(inMinute: isNew ? minute : minute - 1)
    }
}
