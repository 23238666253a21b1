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
        var last: (range: Range<Int>, fields: LineFields)?
        var nextArrival = arrivals.index(at: origin + Int64(bytes.startIndex))
        func deliver(_ range: Range<Int>, _ fields: LineFields, next: LogTime?, isPartial: Bool = false) throws {
            let place = origin + Int64(range.lowerBound)
            context.advance(to: fields, at: place, next: next)
            var arrival: LogTime?
            if fields.time == nil {
                arrival = arrivals.arrival(of: place, after: context, &nextArrival)
                if let arrival { context.arrive(at: arrival) }
            }
            try visit(Visit(range: range, fields: fields, isPartial: isPartial, arrival: arrival), &context)
        }
        // Pieces of a line that is too long go out as they are, wherever its end is; returns where the rest of it is.
        func deliverPieces(of line: Range<Int>) throws -> Int {
            var start = line.lowerBound
            while line.upperBound - start > LogFile.longestLine {
                if let last { try deliver(last.range, last.fields, next: nil) }
                last = nil
                let piece = start..<(start + LogFile.longestLine)
                try deliver(piece, LineScanner.fields(of: bytes[piece]), next: nil, isPartial: true)
                start = piece.upperBound
            }
            return start
        }
        var rest = try LineScanner.forEachLine(in: bytes) { range, fields in
            if range.count > LogFile.longestLine {
                let end = try deliverPieces(of: range)..<range.upperBound
                last = (end, LineScanner.fields(of: bytes[end]))
                return
            }
            if let last { try deliver(last.range, last.fields, next: fields.time) }
            last = (range, fields)
        }
        rest = try deliverPieces(of: rest..<bytes.endIndex)
        switch end {
        case .more: return last?.range.lowerBound ?? rest
        case .partial where rest < bytes.endIndex:
            let fields = LineScanner.fields(of: bytes[rest...])
            if let last { try deliver(last.range, last.fields, next: fields.time) }
            try deliver(rest..<bytes.endIndex, fields, next: following, isPartial: true)
            return bytes.endIndex
        case .held, .partial:
            if let last { try deliver(last.range, last.fields, next: following) }
            return rest
        }
    }
}
