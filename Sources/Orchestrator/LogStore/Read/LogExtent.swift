/// A file as it is at one moment: what is written later is not read.
struct LogExtent {
    let file: LogFile
    /// Bytes before this offset are read.
    let limit: Int64
    /// What becomes of an unfinished last line.
    let end: LineBlock.End

    /// All that is there now; an unfinished last line is shown as partial.
    init(all file: LogFile) throws(LogError) {
        self.init(file, limit: try file.size(), end: .partial)
    }

    init(_ file: LogFile, limit: Int64, end: LineBlock.End) {
        self.file = file
        self.limit = limit
        self.end = end
    }
}
