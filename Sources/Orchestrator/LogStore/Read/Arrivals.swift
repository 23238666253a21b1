/// When text came that says no time itself.
struct Arrivals {
    /// Something at an offset of a file, and when.
    struct Mark: Hashable {
        let offset: Int64
        let time: LogTime
    }
    /// What an index has kept, in order: the line at this offset came at this time, later than the line above it.
    private let kept: [Mark]
    /// What is seen now, in order: whatever begins at this offset or behind it was there at this time.
    private let seen: [Mark]

    static let unknown = Arrivals()

    init(kept: [Mark] = [], seen: [Mark] = []) {
        self.kept = kept
        self.seen = seen
    }

    /// Where in ``kept`` to go on for a line at `offset`.
    func index(at offset: Int64) -> Int {
        var range = kept.startIndex..<kept.endIndex
        while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
            range = kept[middle].offset < offset ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    /// The arrival of a line without a time, when it counts: not within a moment of the line above it.
    func arrival(of offset: Int64, after context: LineContext, _ index: inout Int) -> LogTime? {
        while index < kept.count, kept[index].offset < offset { index += 1 }
        if index < kept.count, kept[index].offset == offset { return kept[index].time }
        guard let seen = seen.last(where: { $0.offset <= offset }), context.isLate(seen.time) else { return nil }
        return seen.time
    }
}
