import StateDirectory

/// Where a reader has come to, for going on from there without a gap or a line twice.
///
/// As text: `web.1/3/stdout:1042,web.1/3/stderr:-1`, that is INSTANCE/RUN/STREAM:OFFSET, as they stand in `msctl.log/1`.
/// Lines that begin behind the offset are still to be read, and so are all runs after that one. An instance that is not
/// named is read from its first run on; a stream that is not named, of an instance that is, from the run named with it.
package struct LogCursor: Sendable, Hashable, CustomStringConvertible {
    struct Stream: Sendable, Hashable, Comparable {
        let instance: InstanceID
        let stream: LogStream

        static func < (a: Self, b: Self) -> Bool {
            (a.instance, a.stream == .stderr ? 1 : 0) < (b.instance, b.stream == .stderr ? 1 : 0)
        }
    }
    struct Position: Sendable, Hashable {
        let run: Int
        /// -1 is before the first byte.
        let offset: Int64
    }
    var positions: [Stream: Position] = [:]

    init() {}

    /// nil for what is no cursor.
    package init?(_ text: String) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "/", omittingEmptySubsequences: false)
            guard words.count == 3, let instance = InstanceID(words[0]), let run = Int(words[1]), run > 0 else {
                return nil
            }
            let place = words[2].split(separator: ":", omittingEmptySubsequences: false)
            guard place.count == 2, let stream = LogStream(rawValue: String(place[0])), let offset = Int64(place[1]),
                offset >= -1, offset < .max
            else { return nil }
            let key = Stream(instance: instance, stream: stream)
            guard positions.updateValue(Position(run: run, offset: offset), forKey: key) == nil else { return nil }
        }
    }

    package var description: String {
        positions.sorted { $0.key < $1.key }.map { stream, position in
            "\(stream.instance)/\(position.run)/\(stream.stream.rawValue):\(position.offset)"
        }.joined(separator: ",")
    }

    /// The first run of an instance that is still to be read.
    func firstRun(of instance: InstanceID) -> Int? {
        LogStream.allCases.compactMap { positions[Stream(instance: instance, stream: $0)]?.run }.min()
    }

    /// Of a file: nil when it has been read, else from where on.
    func start(of file: LogFile) throws(LogError) -> Int64? {
        let key = Stream(instance: file.run.instance, stream: file.stream)
        guard let position = positions[key], file.run.run <= position.run else { return 0 }
        if file.run.run < position.run { return nil }
        return try file.lineStart(behind: position.offset)
    }
}

/// Lines that came together, and where a reader of all of them stands then.
package struct LogBatch: Sendable, RandomAccessCollection {
    package let lines: [LogLine]
    /// nil while what was there at the beginning is still being read, and while an instance changes from one run to the
    /// next.
    package let cursor: LogCursor?
    /// Bytes that retention dropped before this reader came to them.
    package let skipped: Int64

    package var startIndex: Int { lines.startIndex }
    package var endIndex: Int { lines.endIndex }
    package subscript(index: Int) -> LogLine { lines[index] }
}
