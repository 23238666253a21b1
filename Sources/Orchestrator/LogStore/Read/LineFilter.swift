/// What a query wants of a single line, ready to be asked millions of times. Belongs to one thread: a Regex cannot be
/// sent.
struct LineFilter {
    private enum Pattern {
        case literal([UInt8])
        case regex(Regex<AnyRegexOutput>, String)
    }
    private let since: LogTime?
    private let until: LogTime?
    private let minimumLevel: LogLevel?
    private let traceID: String?
    private let requestID: String?
    private let pattern: Pattern?

    init(_ query: LogQuery) throws(LogError) {
        since = query.since
        until = query.until
        minimumLevel = query.minimumLevel
        traceID = query.traceID
        requestID = query.requestID
        pattern = if let text = query.pattern { try Self.pattern(text) } else { nil }
    }

    private static func pattern(_ text: String) throws(LogError) -> Pattern {
        if !text.utf8.contains(where: { #"\.[]{}()*+?^$|"#.utf8.contains($0) }) { return .literal(Array(text.utf8)) }
        do {
            return .regex(try Regex(text).matchingSemantics(.unicodeScalar), text)
        } catch {
            throw .badPattern(text, reason: "\(error)")
        }
    }

    /// Cheap questions first.
    func accepts(_ line: ArraySlice<UInt8>, _ fields: LineFields, in context: LineContext) throws(LogError) -> Bool {
        if let minimumLevel, context.severity < minimumLevel { return false }
        if let since, context.time < since { return false }
        if let until, context.time >= until { return false }
        if let traceID, !Self.holds(fields.trace, traceID, in: line) { return false }
        if let requestID, !Self.holds(fields.request, requestID, in: line) { return false }
        switch pattern {
        case nil: return true
        case .literal(let needle): return LineScanner.contains(needle, in: line)
        case .regex(let regex, let text):
            do {
                return try regex.firstMatch(in: String(decoding: line, as: UTF8.self)) != nil
            } catch {
                throw .badPattern(text, reason: "\(error)")
            }
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
