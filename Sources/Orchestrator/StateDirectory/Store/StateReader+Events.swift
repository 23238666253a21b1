extension StateReader {
    /// The events that a query asks for, in the order in which they happened; none before the first `up`.
    package func events(_ query: EventQuery = EventQuery()) throws(StateError) -> [StoredEvent] {
        try read([]) { database throws(StateError) in try query.events(in: database) }
    }
}

extension EventQuery {
    /// - Parameter last: no later ones than this sequence number.
    func events(in database: borrowing StateQuery, upTo last: Int64 = .max) throws(StateError) -> [StoredEvent] {
        var conditions = ["seq > ?", "seq <= ?"]
        var arguments: [StateQuery.Argument] = [.integer(after), .integer(last)]
        if let since {
            conditions.append("time >= ?")
            arguments.append(.integer(since))
        }
        if !services.isEmpty {
            let marks = services.map { _ in "?" }.joined(separator: ", ")
            conditions.append("(service IN (\(marks)) OR instance IN (\(marks)))")
            arguments += (services + services).map { .text($0) }
        }
        if let tail { arguments.append(.integer(Int64(tail))) }
        // The last ones are found from the end.
        let events = try database.rows(
            """
            SELECT seq, time, event, service, instance, run, detail FROM events
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq \(tail == nil ? "ASC" : "DESC LIMIT ?")
            """, arguments
        ) { row in
            StoredEvent(
                sequence: row.integer(0) ?? 0, time: row.integer(1) ?? 0, event: row.text(2) ?? "",
                service: row.text(3) ?? "", instance: row.text(4) ?? "", run: Int(row.integer(5) ?? 0),
                detail: row.text(6))
        }
        return tail == nil ? events : events.reversed()
    }
}
