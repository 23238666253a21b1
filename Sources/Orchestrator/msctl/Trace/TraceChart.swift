import LogStore
import StateDirectory

/// A trace for people: its spans on one time axis, then its lines.
struct TraceChart {
    let search: TraceSearch
    let timeline: TraceTimeline
    /// Columns.
    let width: Int
    let style: Style

    private static let longestName = 44
    private static let mark = "*"

    var text: String {
        ([heading, ""] + axis + bars + notes + [""] + lines).joined(separator: "\n")
    }

    private var heading: String {
        let services = Set(timeline.rows.map(\.span.instance.service)).count
        let counts = [
            Self.count(timeline.rows.count, "span") + " in " + Self.count(services, "service"),
            Self.count(search.lines.count, "line"), TimeText.elapsed(timeline.duration),
        ]
        let ids = search.traceIDs.isEmpty ? "no trace id" : search.traceIDs.joined(separator: ", ")
        return style.bold(Table.Cell(ids).text) + "  " + counts.joined(separator: ", ")
    }

    private static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

    // MARK: The axis

    private var names: [String] {
        timeline.rows.map { row in
            let name = String(repeating: "  ", count: min(row.depth, 8)) + "\(row.span.instance) \(row.span.name)"
            let text = Table.Cell(name).text
            return text.count > Self.longestName ? text.prefix(Self.longestName - 1) + "…" : text
        }
    }

    private var nameWidth: Int { names.map(\.count).max() ?? 0 }
    /// What the numbers behind a bar take.
    private var barWidth: Int { max(20, width - nameWidth - 24) }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private var axis: [String] {
        let end = TimeText.elapsed(timeline.duration)
        let line = padded("0", barWidth - end.count) + end
        return [style.dim(padded("", nameWidth) + "  " + line)]
    }

    private var bars: [String] {
        zip(names, timeline.rows).map { name, row in
            let span = row.span
            let from = column(span.start)
            let to = max(from + 1, column(span.end))
            let isCritical = row.critical > .zero
            let bar = String(repeating: isCritical ? "━" : "─", count: to - from)
            let painted = span.isFailed ? style.red(bar) : isCritical ? style.yellow(bar) : style.cyan(bar)
            var words = [TimeText.elapsed(span.duration)]
            if let status = span.status { words.append("\(status)") }
            if isCritical { words.append("\(Self.mark)\(TimeText.elapsed(row.critical))") }
            let before = String(repeating: " ", count: from)
            let after = String(repeating: " ", count: max(0, barWidth - to))
            return [padded(name, nameWidth), before + painted + after, words.joined(separator: "  ")]
                .joined(separator: "  ")
        }
    }

    private func column(_ time: LogTime) -> Int {
        let whole = max(1, timeline.end.nanoseconds - timeline.start.nanoseconds)
        let part = Double(time.nanoseconds - timeline.start.nanoseconds) / Double(whole)
        return min(barWidth - 1, Int((part * Double(barWidth)).rounded(.down)))
    }

    private var notes: [String] {
        guard timeline.rows.contains(where: { $0.critical > .zero }) else { return [] }
        return [style.dim("\(Self.mark) the critical path: what of the whole time passed there and nowhere below")]
    }

    // MARK: The lines

    private var lines: [String] {
        let instanceWidth = search.lines.map { $0.instance.description.count }.max() ?? 0
        var gaps = timeline.gaps[...]
        return search.lines.flatMap { line -> [String] in
            var rows: [String] = []
            while let gap = gaps.first, gap.end <= line.time {
                rows.append(
                    style.yellow(
                        "             \(TimeText.elapsed(gap.duration)) without a line, behind \(gap.instance)"))
                gaps = gaps.dropFirst()
            }
            let time = offset(line.time)
            let level = (line.level?.name ?? "-").uppercased()
            let message = Table.Cell(line.message).text
            let cells = [
                style.dim(String(repeating: " ", count: max(0, 11 - time.count)) + time),
                padded("\(line.instance)", instanceWidth), padded(level, 8),
                message.count > 400 ? message.prefix(399) + "…" : message,
            ]
            return rows + [cells.joined(separator: "  ")]
        }
    }

    private func offset(_ time: LogTime) -> String {
        "+" + TimeText.elapsed(.nanoseconds(max(0, time.nanoseconds - timeline.start.nanoseconds)))
    }
}
