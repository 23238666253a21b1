/// Gathers lines into blocks. Everything it keeps is what a reader of the whole file would find.
struct BlockBuilder {
    private let size: Int64
    private(set) var block: BlockSummary
    /// After the last line.
    private var context: LineContext
    private var ids = DistinctHashes()
    private var lastTrace: UInt64 = 0
    /// The stretch of grave lines that the last line was in, and what a reader of that stretch alone would make of it.
    private var stretch: Range<Int64>?
    private var contextAlone: LineContext
    private let fresh: LineContext
    private var stretches: GraveLines?

    /// Stretches that are more than an eighth of a block are not worth reading one by one.
    private static let gravePart: Int64 = 8

    /// Begins at the offset where `context` holds.
    init(_ file: LogFile, at offset: Int64, context: LineContext, size: Int64) {
        self.size = size
        self.context = context
        fresh = LineContext(file)
        contextAlone = fresh
        block = BlockSummary(range: offset..<offset, context: context)
        stretches = GraveLines()
    }

    /// Takes the next line (its range includes the newline), as it is after `context` has moved on to it. The block
    /// before it is appended to `blocks` when it is complete.
    @inline(__always)
    mutating func add(
        _ line: borrowing LineBlock.Visit, of bytes: UnsafeRawBufferPointer, at range: Range<Int64>,
        _ context: LineContext, into blocks: inout [IndexedBlock]
    ) {
        let length = block.range.upperBound - block.range.lowerBound
        if length >= size, line.fields.beginsEntry || !self.context.entryReaches(range.lowerBound) {
            if let finished = finish(following: line.fields.time) { blocks.append(finished) }
        }
        self.context = context
        block.range = block.range.lowerBound..<range.upperBound
        block.lines += 1
        block.earliest = min(block.earliest, context.time)
        block.latest = max(block.latest, context.time)
        block.levels |= 1 << context.severity.rawValue
        let fields = line.fields
        if block.standsAlone, !(fields.beginsEntry && fields.time == context.time && context.place == context.time) {
            block.standsAlone = false
        }
        if fields.trace.kind != .missing || fields.request.kind != .missing { addIDs(line, bytes) }
        if context.severity >= .warning { addGrave(line, range, context) } else if stretch != nil { endStretch() }
    }

    /// The block as it is, and the beginning of the next; nil when there are no lines in it.
    mutating func finish(following: LogTime?) -> IndexedBlock? {
        guard block.lines > 0 else { return nil }
        endStretch()
        block.following = following
        block.grave = stretches
        let finished = IndexedBlock(summary: block, ids: IDFilter(ids.hashes))
        ids.removeAll()
        lastTrace = 0
        stretches = GraveLines()
        let end = block.range.upperBound
        block = BlockSummary(range: end..<end, context: context)
        return finished
    }

    private mutating func addIDs(_ line: borrowing LineBlock.Visit, _ bytes: UnsafeRawBufferPointer) {
        let text = UnsafeRawBufferPointer(rebasing: bytes[line.range])
        if line.fields.trace.kind != .missing {
            let hash = line.fields.trace.hash(in: text)
            // Lines of one trace often follow each other.
            if hash != lastTrace { ids.insert(hash) }
            lastTrace = hash
        }
        if line.fields.request.kind != .missing { ids.insert(line.fields.request.hash(in: text)) }
    }

    private mutating func addGrave(_ line: borrowing LineBlock.Visit, _ range: Range<Int64>, _ context: LineContext) {
        guard stretches != nil else { return }
        if stretch == nil { contextAlone = fresh }
        contextAlone.advance(to: line.fields, at: range.lowerBound, next: nil)
        stretch = (stretch?.lowerBound ?? range.lowerBound)..<range.upperBound
        let isSame =
            contextAlone.time == context.time && contextAlone.place == context.place
            && contextAlone.severity == context.severity && contextAlone.entry == context.entry
        if !isSame || !contextAlone.isAnchored { stretches = nil }
    }

    private mutating func endStretch() {
        guard let ended = stretch else { return }
        stretch = nil
        let start = block.range.lowerBound
        stretches?.append((ended.lowerBound - start)..<(ended.upperBound - start))
        if let bytes = stretches?.bytes, bytes > size / Self.gravePart { stretches = nil }
    }
}

extension FieldText {
    /// The hash of the id that ``text(in:)`` gives; of a null's bytes.
    fileprivate func hash(in line: UnsafeRawBufferPointer) -> UInt64 {
        if kind == .escaped, let text = text(in: Array(line)[...]) { return IDHash.of(text) }
        return IDHash.of(UnsafeRawBufferPointer(rebasing: line[range]))
    }
}
