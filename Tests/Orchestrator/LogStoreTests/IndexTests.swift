import StateDirectory
import Testing

@testable import LogStore

/// What is read with the index against what is read without it.
@Suite struct IndexTests {
    /// Writes a file bit by bit, and has it indexed in between, by an indexer that is forgotten now and then.
    private func index(
        _ state: ScratchState, _ files: [(RunDirectory, [UInt8])], now: @escaping () -> LogTime = LogTime.now,
        random: inout SplitMix
    ) throws {
        var rests = files.map { ($0.0, $0.1[...]) }
        var indexer = RunIndexer(try IndexWriter(state.layout), blockSize: 3_000, now: now)
        while rests.contains(where: { !$0.1.isEmpty }) {
            for index in rests.indices {
                let piece = rests[index].1.prefix(Int.random(in: 0...30_000, using: &random))
                rests[index].1 = rests[index].1.dropFirst(piece.count)
                try state.append(Array(piece), to: rests[index].0.standardOutput)
            }
            if Int.random(in: 0...3, using: &random) == 0 {
                indexer = RunIndexer(try IndexWriter(state.layout), blockSize: 3_000, now: now)
            }
            var changed = Set(rests.map(\.0))
            while !changed.isEmpty { changed = try indexer.look(at: changed) }
        }
    }

    private func addresses(_ lines: [LogLine]) -> [String] {
        lines.map { line in
            "\(line.instance)/\(line.run)@\(line.offset) \(line.bytes.count) \(line.time.nanoseconds) \(line.place.nanoseconds)"
                + (line.isPartial ? " partial" : "")
        }
    }

    private func queries(_ sample: LogLine, random: inout SplitMix) -> [LogQuery] {
        var queries: [LogQuery] = []
        for _ in 0..<24 {
            var query = LogQuery()
            query.runs = .all
            func maybe(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &random) == 0 }
            if maybe(3) {
                query.since = sample.time.advanced(by: .milliseconds(Int.random(in: -5_000...0, using: &random)))
            }
            if maybe(3) {
                query.until = sample.time.advanced(by: .milliseconds(Int.random(in: 1...5_000, using: &random)))
            }
            if maybe(2) { query.minimumLevel = LogLevel.allCases.randomElement(using: &random) }
            if maybe(3) { query.traceID = "t\(Int.random(in: 0...400, using: &random))" }
            if maybe(5) { query.requestID = "\(Int.random(in: 0...400, using: &random))" }
            if maybe(4) {
                query.pattern = ["m 17", "at frame", "\"t7\"", "m [0-9]7", "é"].randomElement(using: &random)
            }
            if maybe(8) { query.exclusion = "9" }
            if maybe(8) { query.condition = "level >= info" }
            queries.append(query)
        }
        return queries
    }

    @Test(arguments: 1...12) func `an index leaves nothing out and adds nothing`(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let state = try ScratchState()
        var files: [(RunDirectory, [UInt8])] = []
        for (instance, run) in [("a.1", 1), ("a.2", 1), ("b.1", 4)] {
            files.append((try state.run(run, of: instance), GeneratedLog.bytes(120_000, random: &random)))
        }
        try index(state, files, random: &random)
        if seed.isMultiple(of: 2) {
            for (run, _) in files { try state.end(run) }
            _ = try RunIndexer(try IndexWriter(state.layout), blockSize: 3_000).look(at: files.map(\.0))
        }
        var everything = state.reader
        everything.readsEverything = true
        var all = try everything.lines(LogQuery { $0.runs = .all })
        let lines = try all.all()
        for query in queries(try #require(lines.randomElement(using: &random)), random: &random) {
            var (slow, fast) = (try everything.lines(query), try state.reader.lines(query))
            let wanted = addresses(try slow.all())
            let found = addresses(try fast.all())
            #expect(found == wanted, "\(query)")
        }
    }

    /// Where a clock was set back, "the last lines" of several files has no one meaning.
    @Test(arguments: 21...28) func `the last lines are the last of all, with an index and without`(_ seed: UInt64)
        throws
    {
        var random = SplitMix(state: seed)
        let state = try ScratchState()
        var files: [(RunDirectory, [UInt8])] = []
        for instance in ["a.1", "a.2", "b.1"] {
            let bytes = GeneratedLog.bytes(60_000, clockJumps: false, random: &random)
            files.append((try state.run(of: instance), bytes))
        }
        // So early that no text comes later than what is above it.
        try index(state, files, now: { LogTime(seconds: 1) }, random: &random)
        var everything = state.reader
        everything.readsEverything = true
        var all = try everything.lines(LogQuery())
        let lines = try all.all()
        for query in queries(try #require(lines.randomElement(using: &random)), random: &random) {
            var slow = try everything.lines(query)
            let wanted = addresses(try slow.all())
            var ending = query
            ending.tail = Int.random(in: 0...300, using: &random)
            for reader in [state.reader, everything] {
                var tail = try reader.lines(ending)
                let found = addresses(try tail.all())
                #expect(found == wanted.suffix(ending.tail ?? 0), "\(ending)")
            }
        }
    }

    @Test func `blocks hold each byte once, whatever kills the indexer`() throws {
        var random = SplitMix(state: 99)
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let bytes = GeneratedLog.bytes(200_000, random: &random)
        try index(state, [(run, bytes)], random: &random)
        try state.end(run)
        _ = try RunIndexer(try IndexWriter(state.layout), blockSize: 3_000).look(at: [run])
        let index = try #require(try LogIndex(state.layout))
        let file = LogFile(run: run, stream: .stdout)
        let entry = try #require(try index.entry(of: file, size: Int64(bytes.count)))
        var end: Int64 = 0
        var lines = 0
        var next: Int64? = 0
        while let from = next {
            let (blocks, more) = try index.blocks(of: entry, in: file, .forwards, from, LogIndex.Question())
            for block in blocks {
                #expect(block.range.lowerBound == end)
                end = block.range.upperBound
                lines += block.lines
            }
            next = more
        }
        #expect(end == entry.end)
        #expect(end == bytes.count)
        #expect(lines == bytes.count { $0 == 0x0A } + (bytes.last == 0x0A ? 0 : 1))
    }
}

/// Logs as services write them on their worst days.
enum GeneratedLog {
    static func bytes(_ count: Int, clockJumps: Bool = true, random: inout SplitMix) -> [UInt8] {
        var bytes: [UInt8] = []
        var second = 0.0
        if !clockJumps { bytes += record(second, "info", "first").utf8 }
        while bytes.count < count {
            second += Double.random(in: -0.2...0.6, using: &random)
            switch Int.random(in: 0...199, using: &random) {
            case 0 where clockJumps: second -= 3_600
            case 1 where clockJumps: second += 3_600
            case 2 where clockJumps: bytes += record(second + 1e9, "warn", "from the future").utf8
            case 3...12: bytes += Array("    at frame \(second) é".utf8) + [0x0A]
            case 13: bytes += Array(repeating: UInt8(ascii: "x"), count: 5_000) + [0x0A]
            case 14: bytes += [0x0A]
            case 15: bytes += [0xFF, 0x00, 0x1B, 0x0A]
            case 16: bytes += Array(#"{"level":"error","message":"no time"}"#.utf8) + [0x0A]
            case 17: bytes += Array(#"{"traceId":"t\#(Int.random(in: 0...400, using: &random))","broken"#.utf8) + [0x0A]
            case 18...24:
                bytes +=
                    record(second, "error", "m \(Int.random(in: 0...99, using: &random))", #","traceId":"t7""#).utf8
                for line in 0..<Int.random(in: 0...20, using: &random) { bytes += Array("\tat frame \(line)\n".utf8) }
            default:
                let id = Int.random(in: 0...400, using: &random)
                bytes +=
                    record(
                        second, ["debug", "info", "info", "info", "notice"].randomElement(using: &random) ?? "info",
                        "m \(Int.random(in: 0...99, using: &random))", #","traceId":"t\#(id)","requestId":\#(id)"#
                    ).utf8
            }
        }
        return bytes.dropLast(Int.random(in: 0...60, using: &random))
    }
}
