import StateDirectory

/// One event as one line: `msctl.event/1`, or words for people.
struct EventPrinter {
    let format: OutputFormat
    let style: Style
    /// The width of the instances' column, so that lines printed at different times are aligned.
    let columns: Int

    func line(_ event: StoredEvent) -> String {
        switch format {
        case .json: JSONOutput.line(EventDocument(event))
        case .table: text(event)
        }
    }

    private func text(_ event: StoredEvent) -> String {
        let tone = EventName(rawValue: event.event)?.tone ?? .idle
        let run = event.run > 0 ? "run \(event.run)" : ""
        return style.dim(LocalTime.dateAndTime(milliseconds: event.time)) + "  " + padded(event.instance, columns)
            + "  "
            + padded(run, 7) + "  "
            + (event.detail.map { padded(event.event, 13, tone) + "  " + Table.Cell($0).text }
                ?? style.paint(event.event, tone))
    }

    private func padded(_ text: String, _ width: Int, _ tone: Tone? = nil) -> String {
        (tone.map { style.paint(text, $0) } ?? text) + String(repeating: " ", count: max(0, width - text.count))
    }
}
