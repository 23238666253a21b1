import StateDirectory
import Testing

@testable import LogStore

/// An index that says what cannot be true: nobody crashes, nobody hangs, and what is found are lines of the file.
@Suite(.timeLimit(.minutes(5))) struct BrokenIndexTests {
    private static let columns: [String: [String]] = [
        "files": ["indexed", "counted", "over", "time", "place", "severity", "anchored", "run", "stream"],
        "blocks": [
            "start", "length", "lines", "time", "place", "severity", "anchored", "earliest", "latest", "levels",
            "following", "alone", "grave", "file",
        ],
        "ids": ["filter", "block"], "arrivals": ["offset", "time", "file"],
        "minutes": ["minute", "lines", "bytes", "errors"], "totals": ["lines", "bytes", "errors"],
    ]

    private func value(_ random: inout SplitMix) -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: "-1"
        case 1: "0"
        case 2: "\(Int64.max)"
        case 3: "(-9223372036854775807 - 1)"
        case 4: "'text'"
        case 5: "x'\((0..<8).map { _ in ["00", "7f", "ff", "81", "05"].randomElement(using: &random) ?? "" }.joined())'"
        case 6: "1e300"
        case 7: "0.5"
        case 8: "\(Int64.random(in: -20...40_000, using: &random))"
        case 9: "\(Int64.max - 5)"
        case 10: "zeroblob(5000)"
        default: "1"
        }
    }

    private func change(_ random: inout SplitMix) -> String {
        let table = Self.columns.keys.sorted().randomElement(using: &random) ?? "blocks"
        let biased = Bool.random(using: &random) ? "blocks" : table
        let column = Self.columns[biased]?.randomElement(using: &random) ?? "start"
        let rows = Bool.random(using: &random) ? "1" : "random() % 3 = 0"
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            return
                "UPDATE OR IGNORE blocks SET start = start + \(Int64.random(in: -9...9, using: &random)) WHERE \(rows)"
        case 1: return "UPDATE blocks SET length = length + \(Int64.random(in: -9...9, using: &random)) WHERE \(rows)"
        case 2: return "UPDATE files SET indexed = indexed - \(Int64.random(in: 1...9, using: &random))"
        default: return "UPDATE OR IGNORE \(biased) SET \(column) = \(value(&random)) WHERE \(rows)"
        }
    }

    private func queries(_ time: LogTime) -> [LogQuery] {
        [
            LogQuery { _ in }, LogQuery { $0.minimumLevel = .error }, LogQuery { $0.minimumLevel = .info },
            LogQuery { $0.traceID = "t7" }, LogQuery { $0.pattern = "m 17" }, LogQuery { $0.pattern = "m [0-9]7" },
            LogQuery { $0.since = time }, LogQuery { $0.until = time },
        ].flatMap { query in
            var tail = query
            tail.tail = 200
            return [query, tail]
        }
    }

    /// Every line there is: its offset, and how many bytes it has.
    private func whole(_ bytes: [UInt8]) -> [Int64: Int] {
        var lines: [Int64: Int] = [:]
        var start = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            lines[Int64(start)] = line.count
            start += line.count + 1
        }
        return lines
    }

    @Test(arguments: 1...6) func `rows that cannot be true are no reason to crash`(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<12 {
            let state = try ScratchState()
            let run = try state.run(of: "a")
            let bytes = GeneratedLog.bytes(30_000, random: &random)
            try state.append(bytes, to: run.standardOutput)
            if Bool.random(using: &random) { try state.end(run) }
            _ = try RunIndexer(try IndexWriter(state.layout), blockSize: 1_500).look(at: [run])
            let lines = whole(bytes)
            var changes: [String] = []
            let connection = try #require(try IndexConnection(state.layout.logIndex, writes: true))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                changes.append(change(&random))
                // NOT NULL and UNIQUE stand in the way of some.
                try? connection.execute(script: changes.last ?? "")
            }
            let middle = try state.lines { $0.tail = 1 }.first?.time ?? LogTime(seconds: 0)
            for query in queries(middle) {
                var last: Int64 = -1
                for line in try state.lines({ $0 = query }) {
                    #expect(lines[line.offset] == line.bytes.count, "\(changes), \(query)")
                    #expect(line.offset > last, "\(changes), \(query)")
                    last = line.offset
                }
            }
            // Whoever writes goes on from what is there, or says that it cannot.
            try? state.append(Array("{\"level\":\"error\"}\n".utf8), to: run.standardOutput)
            let writer = try IndexWriter(state.layout)
            for _ in 0..<3 { _ = try? RunIndexer(writer, blockSize: 1_500).look(at: [run]) }
            _ = try? Reindexing.run(state.layout, services: [])
        }
    }

    private func brokenState(_ change: String) throws -> (state: ScratchState, bytes: [UInt8]) {
        var random = SplitMix(state: 5)
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let bytes = GeneratedLog.bytes(30_000, random: &random)
        try state.append(bytes, to: run.standardOutput)
        _ = try RunIndexer(try IndexWriter(state.layout), blockSize: 1_500).look(at: [run])
        let connection = try #require(try IndexConnection(state.layout.logIndex, writes: true))
        try connection.execute(script: change)
        return (state, bytes)
    }

    private static let oneBlock = "WHERE id = (SELECT id FROM blocks ORDER BY start LIMIT 1 OFFSET 7)"

    /// Each of them shows by itself that the index is not of this file: then everything is found.
    @Test(arguments: [
        "UPDATE blocks SET start = -1 \(oneBlock)", "UPDATE blocks SET start = start + 3 \(oneBlock)",
        "UPDATE blocks SET length = -5 \(oneBlock)", "UPDATE blocks SET length = 9223372036854775807 \(oneBlock)",
        "UPDATE blocks SET length = length + 1 \(oneBlock)", "UPDATE blocks SET length = length * 2 \(oneBlock)",
        "UPDATE blocks SET length = 'x' \(oneBlock)", "UPDATE blocks SET grave = x'0005' \(oneBlock)",
        "UPDATE files SET indexed = -1", "UPDATE files SET indexed = indexed - 3",
        "UPDATE files SET indexed = 9223372036854775807", "UPDATE blocks SET length = 1e300 \(oneBlock)",
    ])
    func `a row that cannot be true is no index`(change: String) throws {
        let (state, _) = try brokenState(change)
        var everything = state.reader
        everything.readsEverything = true
        for query in [LogQuery { $0.minimumLevel = .error }, LogQuery { $0.pattern = "m 1" }] {
            for tail in [nil, 1_000_000] {
                var query = query
                query.tail = tail
                var (slow, fast) = (try everything.lines(query), try state.reader.lines(query))
                let wanted = try slow.all().map(\.offset)
                let found = try fast.all().map(\.offset)
                // What was skipped before a broken row was skipped for a reason.
                #expect(found == wanted, "\(change), \(query)")
                #expect(!wanted.isEmpty)
            }
        }
    }

    @Test(arguments: [
        "UPDATE files SET counted = -9223372036854775807 - 1", "UPDATE files SET indexed = -1",
        "UPDATE files SET counted = -1",
        "UPDATE files SET indexed = 9223372036854775807, counted = 9223372036854775807",
    ])
    func `an indexer begins anew where no place can be`(change: String) throws {
        let (state, bytes) = try brokenState(change)
        let run = state.layout.run(1, of: InstanceID(service: "a", replica: 1))
        try state.append(bytes, to: run.standardOutput)
        var rest: Set<RunDirectory> = [run]
        for _ in 0..<20 where !rest.isEmpty {
            rest = try RunIndexer(try IndexWriter(state.layout), blockSize: 1_500).look(at: rest)
        }
        #expect(rest.isEmpty)
        let index = try #require(try LogIndex(state.layout))
        let entry = try #require(try index.entry(of: LogFile(run: run, stream: .stdout), size: .max))
        #expect(entry.end > bytes.count)
    }

    /// What every line holds is looked for in none: the search would not come to an end.
    @Test func `an empty pattern is found in every line of an index`() throws {
        let (state, _) = try brokenState("SELECT 1")
        #expect(try state.lines { $0.pattern = "" }.map(\.offset) == state.lines().map(\.offset))
        let alone = try ScratchState()
        let run = try alone.run(of: "a", out: (0..<100).map { record(Double($0), "info", "m") }.joined())
        try alone.end(run)
        _ = try RunIndexer(try IndexWriter(alone.layout), blockSize: 1_500).look(at: [run])
        #expect(try alone.lines { $0.pattern = "" }.count == 100)
    }
}
