import StateDirectory

/// What a query wants of a single line, ready to be asked millions of times: a class, because what is asked must not be
/// copied for each.
final class LineFilter: Sendable {
    private let since: LogTime?
    private let until: LogTime?
    private let minimumLevel: LogLevel?
    private let traceID: String?
    private let requestID: String?
    private let pattern: TextPattern?
    private let exclusion: TextPattern?
    private let condition: WhereExpression?

    init(_ query: LogQuery) throws(LogError) {
        since = query.since
        until = query.until
        minimumLevel = query.minimumLevel
        traceID = query.traceID
        requestID = query.requestID
        pattern = try query.pattern.map(Self.pattern)
        exclusion = try query.exclusion.map(Self.pattern)
        condition = try query.condition.map(Self.condition)
    }

    private static func pattern(_ text: String) throws(LogError) -> TextPattern {
        do {
            return try TextPattern(text)
        } catch {
            throw LogError(error, of: text)
        }
    }

    private static func condition(_ text: String) throws(LogError) -> WhereExpression {
        do {
            return try WhereParser.parse(text)
        } catch {
            throw .badCondition(error)
        }
    }

    /// Whether a line is wanted, cheap questions first. Remembers in `context` what the lines that continue an entry
    /// must know of it; without `collects` it does no more.
    func accepts(
        _ line: ArraySlice<UInt8>, _ fields: LineFields, at offset: Int64, in context: inout LineContext,
        of file: LogFile, collects: Bool
    ) throws(LogError) -> Bool {
        if asksForIDs, !carriesIDs(line, fields, at: offset, in: &context) { return false }
        guard collects else { return false }
        if let minimumLevel, context.severity < minimumLevel { return false }
        if let since, context.time < since { return false }
        if let until, context.time >= until { return false }
        do {
            if let pattern, try !pattern.occurs(in: line) { return false }
            if let exclusion, try exclusion.occurs(in: line) { return false }
            guard let condition else { return true }
            return try condition.holds(for: WhereSubject(file: file, bytes: line, fields: fields, context: context))
        } catch {
            throw .tooMuch("\(file.run.instance)/\(file.run.run)/\(file.stream.rawValue):\(offset)")
        }
    }

    /// What an index can answer of it.
    var question: LogIndex.Question {
        LogIndex.Question(
            since: since, until: until, minimumLevel: minimumLevel,
            ids: [traceID, requestID].compactMap { $0.map(IDHash.of) })
    }

    /// Bytes that every wanted line holds, if there are any such.
    var literal: [UInt8]? { pattern?.literal }

    /// Whether only lines at warning and above are wanted.
    var wantsGraveOnly: Bool { (minimumLevel ?? .trace) >= .warning }

    private var asksForIDs: Bool { traceID != nil || requestID != nil }

    /// Whether a line carries the ids that are asked for, or continues an entry that does.
    private func carriesIDs(
        _ line: ArraySlice<UInt8>, _ fields: LineFields, at offset: Int64, in context: inout LineContext
    ) -> Bool {
        let isOfTrace = traceID.map { Self.holds(fields.trace, $0, in: line) } ?? true
        let own = isOfTrace && requestID.map { Self.holds(fields.request, $0, in: line) } ?? true
        if fields.beginsEntry {
            context.entryIsWanted = own
            return own
        }
        return own || (context.entryIsWanted && context.entryReaches(offset))
    }

    private static func holds(_ field: FieldText, _ id: String, in line: ArraySlice<UInt8>) -> Bool {
        switch field.kind {
        case .missing: false
        case .plain, .other: field.bytes(in: line).elementsEqual(id.utf8)
        case .escaped: field.text(in: line) == id
        }
    }
}
