/// What was written, counted.
package struct LogCounts: Sendable, Hashable {
    package var lines: Int64 = 0
    /// Newlines included.
    package var bytes: Int64 = 0
    /// Entries whose own level is error or above.
    package var errors: Int64 = 0

    package init() {}
    package init(lines: Int64, bytes: Int64, errors: Int64) {
        self.lines = lines
        self.bytes = bytes
        self.errors = errors
    }

    package static func += (a: inout Self, b: Self) {
        a.lines += b.lines
        a.bytes += b.bytes
        a.errors += b.errors
    }
}

/// What one look at a file adds to the index, to be written in one transaction with how far it has come.
struct IndexStep {
    let file: LogFile
    /// How far the index was before; it is not written when somebody else has been there meanwhile.
    let before: IndexPosition
    var after: IndexPosition
    var blocks: [IndexedBlock] = []
    var arrivals: [Arrivals.Mark] = []
    /// By minutes since 1970.
    var minutes: [Int64: LogCounts] = [:]

    /// Lines counted.
    var lines: Int64 { minutes.values.reduce(0) { $0 + $1.lines } }

    /// Whether there is anything to write.
    var isEmpty: Bool { before == after && arrivals.isEmpty }
}

/// How far the index of a file has come.
struct IndexPosition: Hashable {
    /// Bytes before this offset are in blocks.
    var indexed: Int64
    /// Bytes before this offset are counted, and the arrival of text among them is noted.
    var counted: Int64
    /// Nothing more will be written.
    var isOver: Bool
    /// Where `indexed` is.
    var context: LineContext
}
