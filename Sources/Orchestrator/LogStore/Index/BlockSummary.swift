/// What the index knows of some hundred kilobytes of one log file. A block begins where a line begins, and where an
/// entry begins unless that one is very long.
struct BlockSummary: Hashable {
    /// Lines are collected until a block has so many bytes.
    static let size: Int64 = 262_144
    /// No block is longer: it ends where an entry begins, or where one is over, which a long line may put off.
    static let longest = 2 * Int64(LogFile.longestLine)

    var range: Range<Int64>
    var lines = 0
    /// What the lines before it give to its first.
    var context: LineContext
    /// The times of its lines: their own, or those that the lines above gave them.
    var earliest = LogTime(nanoseconds: .max)
    var latest = LogTime(nanoseconds: .min)
    /// A bit for each gravity that `--level` would see, by ``LogLevel``'s raw value.
    var levels: UInt8 = 0
    /// The time that the line after the block says.
    var following: LogTime?
    /// Every line has a time and a level of its own, in order: each can be read without those before it.
    var standsAlone = true
    /// Where its lines at warning and above are, as stretches that can be read without what is before them; nil when
    /// that cannot be said, or when they are more than a few.
    var grave: GraveLines?
}

/// A block on its way into the index.
struct IndexedBlock {
    let summary: BlockSummary
    let ids: IDFilter
}
