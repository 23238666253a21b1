/// What a query wants of a single line, ready to be asked millions of times. Belongs to one thread: a Regex cannot be
/// sent.
struct LineFilter {
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
            throw .badPattern(error.text, reason: error.reason)
        }
    }

    private static func condition(_ text: String) throws(LogError) -> WhereExpression {
        do {
            return try WhereParser.parse(text)
        } catch {
            throw .badCondition(error)
        }
    }

    /// Cheap questions first.
    func accepts(
        _ line: ArraySlice<UInt8>, _ fields: LineFields, in context: LineContext, of file: LogFile
    ) throws(LogError) -> Bool {
        if let minimumLevel, context.severity < minimumLevel { return false }
        if let since, context.time < since { return false }
        if let until, context.time >= until { return false }
        if let traceID, !Self.holds(fields.trace, traceID, in: line) { return false }
        if let requestID, !Self.holds(fields.request, requestID, in: line) { return false }
        do {
            if let pattern, try !pattern.occurs(in: line) { return false }
            if let exclusion, try exclusion.occurs(in: line) { return false }
            guard let condition else { return true }
            return try condition.holds(for: WhereSubject(file: file, bytes: line, fields: fields, context: context))
        } catch {
            throw .badPattern(error.text, reason: error.reason)
        }
    }

    private static func holds(_ field: FieldText, _ id: String, in line: ArraySlice<UInt8>) -> Bool {
        switch field.kind {
        case .missing: false
        case .plain, .other: field.bytes(in: line).elementsEqual(id.utf8)
        case .escaped: field.text(in: line) == id
        }
    }
}
