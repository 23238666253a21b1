/// A file as it is at one moment: what is written later is not read.
struct LogExtent {
    let file: LogFile
    /// Where a line begins, and what is read begins.
    let start: Int64
    /// Bytes before this offset are read.
    let limit: Int64
    /// What becomes of an unfinished last line.
    let end: LineBlock.End

    /// All that is there now; an unfinished last line is shown as partial.
    init(all file: LogFile, from start: Int64 = 0) throws(LogError) {
        self.init(file, from: start, limit: try file.size(), end: .partial)
    }

    init(_ file: LogFile, from start: Int64 = 0, limit: Int64, end: LineBlock.End) {
        self.file = file
        self.start = min(start, limit)
        self.limit = limit
        self.end = end
    }
}
