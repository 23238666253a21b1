/// The names that programs write behind a time of their machine's zone (PostgreSQL does), where a name means one zone
/// to nearly everyone.
enum ZoneName {
    /// Seconds east of UTC, and where the name ends; nil when there is none that is known.
    static func offset(_ bytes: LineBytes, at start: Int) -> (offset: Int64, end: Int)? {
        var end = start
        while end < start + 5, bytes.isWord(end) { end += 1 }
        guard 3...4 ~= end - start, let hours = hours(bytes.word(at: start, length: end - start)) else { return nil }
        return (hours * 3_600, end)
    }

    private static func hours(_ word: UInt64) -> Int64? {
        switch word {
        case 0x0043_5455, 0x0054_4D47: 0  // UTC, GMT
        case 0x0054_4557: 0  // WET
        case 0x5453_4557, 0x0054_4543: 1  // WEST, CET
        case 0x5453_4543, 0x0054_4545: 2  // CEST, EET
        case 0x5453_4545, 0x004B_534D: 3  // EEST, MSK
        case 0x0054_534A, 0x0054_534B: 9  // JST, KST
        case 0x0054_5345: -5  // EST
        case 0x0054_4445: -4  // EDT
        case 0x0054_4443: -5  // CDT
        case 0x0054_444D: -6  // MDT
        case 0x0054_5350: -8  // PST
        case 0x0054_4450: -7  // PDT
        default: nil
        }
    }
}
