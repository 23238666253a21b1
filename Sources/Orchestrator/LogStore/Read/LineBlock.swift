import SystemPackage

/// Some bytes of a log file that begin where a line begins, taken apart into lines. Not copied, because a walk visits millions.
struct LineBlock: ~Copyable {
    /// What follows the bytes.
    enum End {
        /// More bytes: the last line waits for them, because its place depends on the line after it.
        case more
        /// Nothing yet: a rest without a newline waits for one.
        case held
        /// Nothing any more: a rest without a newline is a line, marked as partial.
        case partial
    }

    /// One line as it is visited, after the context has moved on to it.
    struct Visit {
        /// In the block's bytes, without the newline.
        let range: Range<Int>
        let fields: LineFields
        let isPartial: Bool
        /// When it came, if that gave it its time.
        let arrival: LogTime?
    }

    let file: LogFile
    /// The offset in the file of the byte that has the index 0.
    let origin: Int64
    let bytes: ArraySlice<UInt8>
    let end: End
    /// The time of the first line after the block, when that is known already (files are read backwards for their
    /// ends).
    let following: LogTime?
    let arrivals: Arrivals

    init(
        file: LogFile, origin: Int64, bytes: ArraySlice<UInt8>, end: End, following: LogTime? = nil,
        arrivals: Arrivals = .unknown
    ) {
        self.file = file
        self.origin = origin
        self.bytes = bytes
        self.end = end
        self.following = following
        self.arrivals = arrivals
    }

    /// All of `bytes`, which begin at this offset.
    init(
        file: LogFile, offset: Int64, bytes: [UInt8], end: End, following: LogTime? = nil, arrivals: Arrivals = .unknown
    ) {
        self.init(file: file, origin: offset, bytes: bytes[...], end: end, following: following, arrivals: arrivals)
    }

    /// Appends the lines that pass the filter, or only moves the context on, and returns the index of
    /// the first byte that is not done.
    func read(
        _ filter: LineFilter, _ context: inout LineContext, into lines: inout [LogLine], collects: Bool = true
    ) throws(LogError) -> Int {
        do {
            return try forEachLine(&context) { line, context in
                let wanted = try filter.accepts(
                    bytes[line.range], line.fields, at: origin + Int64(line.range.lowerBound), in: &context, of: file,
                    collects: collects)
                guard wanted else { return }
                lines.append(
                    LogLine(
                        file: file, offset: origin + Int64(line.range.lowerBound), bytes: bytes[line.range],
                        fields: line.fields, time: context.time, place: context.place, isPartial: line.isPartial))
            }
        } catch let error as LogError {
            throw error
        } catch {
            // The walk throws nothing else; the scanner's rethrows only hides the type.
            throw .read(file.path, .ioError)
        }
    }

    /// Visits the lines in order, and returns the index of the first byte that is not done.
    @inline(__always)
    func forEachLine(
        _ context: inout LineContext, _ visit: (borrowing Visit, inout LineContext) throws -> Void
    ) rethrows -> Int {
        var last: ScannedLine?
        var nextArrival = arrivals.index(at: origin + Int64(bytes.startIndex))
        var rest = try LineScanner.forEachLine(in: bytes) { range, fields in
            if range.count > LogFile.longestLine {
                let end = try deliverPieces(of: range, &last, &nextArrival, &context, visit)..<range.upperBound
                last = ScannedLine(range: end, fields: LineScanner.fields(of: bytes[end]))
                return
            }
            if let last { try deliver(last, next: fields.time, &nextArrival, &context, visit) }
            last = ScannedLine(range: range, fields: fields)
        }
        rest = try deliverPieces(of: rest..<bytes.endIndex, &last, &nextArrival, &context, visit)
        switch end {
        case .more: return last?.range.lowerBound ?? rest
        case .partial where rest < bytes.endIndex:
            let line = ScannedLine(range: rest..<bytes.endIndex, fields: LineScanner.fields(of: bytes[rest...]))
            if let last { try deliver(last, next: line.fields.time, &nextArrival, &context, visit) }
            try deliver(line, next: following, isPartial: true, &nextArrival, &context, visit)
            return bytes.endIndex
        case .held, .partial:
            if let last { try deliver(last, next: following, &nextArrival, &context, visit) }
            return rest
        }
    }

    private struct ScannedLine {
        let range: Range<Int>
        let fields: LineFields
    }

    @inline(__always)
    private func deliver(
        _ line: ScannedLine, next: LogTime?, isPartial: Bool = false, _ nextArrival: inout Int,
        _ context: inout LineContext, _ visit: (borrowing Visit, inout LineContext) throws -> Void
    ) rethrows {
        let place = origin + Int64(line.range.lowerBound)
        context.advance(to: line.fields, at: place, next: next)
        var arrival: LogTime?
        if line.fields.time == nil {
            arrival = arrivals.arrival(of: place, after: context, &nextArrival)
            if let arrival { context.arrive(at: arrival) }
        }
        try visit(Visit(range: line.range, fields: line.fields, isPartial: isPartial, arrival: arrival), &context)
    }

    /// Pieces of a line that is too long go out as they are, wherever its end is; returns where the rest of it is.
    @inline(never)
    private func deliverPieces(
        of line: Range<Int>, _ last: inout ScannedLine?, _ nextArrival: inout Int, _ context: inout LineContext,
        _ visit: (borrowing Visit, inout LineContext) throws -> Void
    ) rethrows -> Int {
        var start = line.lowerBound
        while line.upperBound - start > LogFile.longestLine {
            if let last { try deliver(last, next: nil, &nextArrival, &context, visit) }
            last = nil
            let range = start..<(start + LogFile.longestLine)
            let piece = ScannedLine(range: range, fields: LineScanner.fields(of: bytes[range]))
            try deliver(piece, next: nil, isPartial: true, &nextArrival, &context, visit)
            start = range.upperBound
        }
        return start
    }
}
