import StateDirectory

/// Everything that was written about one trace, one request, or one thing that has an id (an order).
package struct TraceSearch {
    /// The traces that the lines belong to; empty when services wrote the id without any.
    package let traceIDs: [String]
    /// In time order.
    package let lines: [LogLine]

    /// Looks for a trace of this id, else for a request, else for lines that hold it in any field; then for all lines of the
    /// traces that those belong to. Of every run. Blocks while it reads.
    package static func find(_ id: String, in reader: LogReader) throws(LogError) -> TraceSearch {
        let trace = try lines(ofTrace: id, reader)
        if !trace.isEmpty { return TraceSearch(traceIDs: [id], lines: trace) }
        var own = try lines(ofRequest: id, reader)
        if own.isEmpty { own = try lines(holding: id, reader) }
        let traceIDs = Array(Set(own.compactMap(\.traceID))).sorted()
        if traceIDs.isEmpty { return TraceSearch(traceIDs: [], lines: own) }
        var all = own.filter { $0.traceID == nil }
        for traceID in traceIDs { all += try lines(ofTrace: traceID, reader) }
        var known = Set(all.map(LineAddress.init))
        for line in own where known.insert(LineAddress(line)).inserted { all.append(line) }
        return TraceSearch(traceIDs: traceIDs, lines: all.sorted { LineAddress($0) < LineAddress($1) })
    }

    private static func lines(ofTrace id: String, _ reader: LogReader) throws(LogError) -> [LogLine] {
        var lines = try reader.lines(ofTrace: id)
        return try lines.all()
    }

    private static func lines(ofRequest id: String, _ reader: LogReader) throws(LogError) -> [LogLine] {
        var lines = try reader.lines(ofRequest: id)
        return try lines.all()
    }

    /// Lines of which a field is this id, whole: not those in which it occurs by chance.
    private static func lines(holding id: String, _ reader: LogReader) throws(LogError) -> [LogLine] {
        var query = LogQuery()
        query.runs = .all
        // Searched for as bytes, which passes over what does not hold it at the speed of memory.
        query.pattern = escaped(id)
        var found = try reader.lines(query)
        var lines: [LogLine] = []
        while let line = try found.next() {
            if line.mentions(id) { lines.append(line) }
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
    /// Whether a field of its record, or a word of its text, is this.
    fileprivate func mentions(_ id: String) -> Bool {
        guard fields.isRecord else {
            return text.split { $0.isWhitespace || "=,;:\"'()[]{}".contains($0) }.contains { $0 == id }
        }
        var isFound = false
        LineScanner.forEachField(of: bytes) { _, value in
            guard !isFound, let text = value.text(in: bytes) else { return }
            isFound = text == id
        }
        return isFound
    }
}

/// Where a line stands: in time, and in its file.
private struct LineAddress: Hashable, Comparable {
    let place: LogTime
    let instance: InstanceID
    let run: Int
    let stream: String
    let offset: Int64

    init(_ line: LogLine) {
        place = line.place
        instance = line.instance
        run = line.run
        stream = line.stream.rawValue
        offset = line.offset
    }

    static func < (a: Self, b: Self) -> Bool {
        (a.place, a.instance, a.run, a.stream, a.offset) < (b.place, b.instance, b.run, b.stream, b.offset)
    }
}
