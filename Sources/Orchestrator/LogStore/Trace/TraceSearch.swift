import StateDirectory

/// Everything that was written about one trace, one request, or one thing that has an id (an order).
package struct TraceSearch {
    /// The traces that the lines belong to; empty when services wrote the id without any.
    package let traceIDs: [String]
    /// In time order.
    package let lines: [LogLine]

    /// Two looks at every run: for lines that hold the id in any field, then for all lines of the traces that those
    /// belong to. Blocks while it reads.
    package static func find(_ id: String, in reader: LogReader) throws(LogError) -> TraceSearch {
        let own = try lines(holding: [id], reader)
        let traceIDs = Array(Set(own.compactMap(\.traceID))).sorted()
        let further = traceIDs.filter { $0 != id }
        guard !further.isEmpty else { return TraceSearch(traceIDs: traceIDs, lines: own) }
        let all = try lines(holding: further + [id], reader)
        return TraceSearch(traceIDs: traceIDs, lines: all)
    }

    /// Lines of which a field is one of these ids, whole: not those in which it occurs by chance.
    private static func lines(holding ids: [String], _ reader: LogReader) throws(LogError) -> [LogLine] {
        var query = LogQuery()
        query.runs = .all
        // One id is searched for as bytes, which passes over what does not hold it at the speed of memory.
        if ids.count == 1 { query.pattern = escaped(ids[0]) }
        var found = try reader.lines(query)
        var lines: [LogLine] = []
        let wanted = Set(ids)
        while let line = try found.next() {
            if line.mentions(wanted) { lines.append(line) }
        }
        return lines
    }

    /// As a regular expression that means nothing but itself; an ordinary id is one already.
    private static func escaped(_ id: String) -> String {
        id.reduce(into: "") { text, character in
            if #"\.[]{}()*+?^$|"#.contains(character) { text.append("\\") }
            text.append(character)
        }
    }
}

extension LogLine {
    /// Whether a field of its record, or a word of its text, is one of these.
    fileprivate func mentions(_ ids: Set<String>) -> Bool {
        guard fields.isRecord else {
            return text.split { $0.isWhitespace || "=,;:\"'()[]{}".contains($0) }.contains { ids.contains(String($0)) }
        }
        var isFound = false
        LineScanner.forEachField(of: bytes) { _, value in
            guard !isFound, let text = value.text(in: bytes) else { return }
            isFound = ids.contains(text)
        }
        return isFound
    }
}
