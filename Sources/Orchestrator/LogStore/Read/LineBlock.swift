import SystemPackage

/// Some bytes of a log file that begin where a line begins, taken apart into lines.
struct LineBlock {
    /// What follows the bytes.
    enum End {
        /// More bytes: the last line waits for them, because its place depends on the line after it.
        case more
        /// Nothing yet: a rest without a newline waits for one.
        case held
        /// Nothing any more: a rest without a newline is a line, marked as partial.
        case partial
    }

    let file: LogFile
    /// Of the first byte.
    let offset: Int64
    let bytes: [UInt8]
    let end: End
    /// The time of the first line after the block, when that is known already (files are read backwards for their
    /// ends).
    var following: LogTime?

    /// Appends the lines that pass the filter (nil: none, only the context moves on), and returns how many bytes are
    /// done.
    func read(_ filter: LineFilter?, _ context: inout LineContext, into lines: inout [LogLine]) throws(LogError) -> Int
    {
        do {
            return try walk(filter, &context, into: &lines)
        } catch let error as LogError {
            throw error
        } catch {
            // The walk throws nothing else; the scanner's rethrows only hides the type.
            throw .read(file.path, .ioError)
        }
    }

    private func walk(_ filter: LineFilter?, _ context: inout LineContext, into lines: inout [LogLine]) throws -> Int {
        var last: (range: Range<Int>, fields: LineFields)?
        var rest = try LineScanner.forEachLine(in: bytes) { range, fields in
            if let last { try deliver(last.range, last.fields, next: fields.time) }
            last = (range, fields)
        }
        func deliver(_ range: Range<Int>, _ fields: LineFields, next: LogTime?, isPartial: Bool = false) throws {
            context.advance(to: fields, next: next)
            guard let filter, try filter.accepts(bytes[range], fields, in: context, of: file) else { return }
            lines.append(
                LogLine(
                    file: file, offset: offset + Int64(range.lowerBound), bytes: bytes[range], fields: fields,
                    time: context.time, place: context.place, isPartial: isPartial))
        }
        // Pieces of a line that is too long go out as they are.
        while bytes.count - rest >= LogFile.longestLine {
            if let last { try deliver(last.range, last.fields, next: nil) }
            last = nil
            let piece = rest..<(rest + LogFile.longestLine)
            try deliver(piece, LineScanner.fields(of: bytes[piece]), next: nil, isPartial: true)
            rest = piece.upperBound
        }
        switch end {
        case .more: return last?.range.lowerBound ?? rest
        case .partial where rest < bytes.count:
            let fields = LineScanner.fields(of: bytes[rest...])
            if let last { try deliver(last.range, last.fields, next: fields.time) }
            try deliver(rest..<bytes.count, fields, next: following, isPartial: true)
            return bytes.count
        case .held, .partial:
            if let last { try deliver(last.range, last.fields, next: following) }
            return rest
        }
    }
}
