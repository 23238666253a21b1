import CLinux
import Foundation
import StateDirectory
import SystemPackage
import Testing

@testable import LogStore

/// Readers that take nothing for a while, or nothing any more: `msctl logs | less`, `msctl logs | head`.
@Suite(.timeLimit(.minutes(5))) struct StalledReaderTests {
    private let state: ScratchState
    private let run: RunDirectory

    /// An indexed run of a hundred thousand lines, the first of which is an error as every hundredth is.
    init() throws {
        state = try ScratchState()
        run = try state.run(of: "a")
        let lines = (0..<100_000).map { record(Double($0), $0.isMultiple(of: 100) ? "error" : "info", "line \($0)") }
        try state.append(lines.joined(), to: run.standardOutput)
        var rest: Set = [run]
        let indexer = RunIndexer(try IndexWriter(state.layout))
        while !rest.isEmpty { rest = try indexer.look(at: rest) }
    }

    /// The daemon's work for a long while: so many transactions. Returns the size of what they leave in the write-ahead log.
    private func write(_ transactions: Int) throws -> Int64 {
        let other = try state.run(of: "b")
        let indexer = RunIndexer(try IndexWriter(state.layout))
        for number in 0..<transactions {
            try state.append(record(Double(number), "info", "number \(number)"), to: other.standardOutput)
            _ = try indexer.look(at: [other])
        }
        return clinux_file_size(state.layout.logIndex.string + "-wal")
    }

    /// SQLite begins the write-ahead log anew when it has a thousand pages of 8 KiB and nobody reads them.
    private let mostWAL: Int64 = 16 << 20

    @Test func `readers that let go after one batch end as they should`() throws {
        for _ in 0..<30 {
            let batches = state.reader.batches(LogQuery())
            #expect(try batches.next()?.first?.message == "line 0")
        }
        // Their threads end when they have made what they are at.
        let batches = state.reader.batches(LogQuery())
        var count = 0
        while let batch = try batches.next() { count += batch.count }
        #expect(count == 100_000)
    }

    @Test(arguments: [nil, LogLevel.info]) func `one that pauses holds up nobody who writes the index`(
        _ level: LogLevel?
    ) throws {
        let batches = LogBatches(patience: .milliseconds(1)) { [reader = state.reader] () throws(LogError) in
            try reader.lines(LogQuery { $0.minimumLevel = level })
        }
        var messages = try #require(try batches.next()).map(\.message)
        #expect(try write(4_000) < mostWAL)
        while let batch = try batches.next() { messages += batch.map(\.message) }
        let isWhole = messages == (0..<100_000).map { "line \($0)" }
        #expect(isWhole, "\(messages.count)")
    }

    @Test func `nor does a follower that pauses in what was there at its beginning`() async throws {
        let follower = try await LogFollower.start(
            layout: state.layout, query: LogQuery { $0.services = ["a"] }, patience: 1)
        let iterator = follower.makeAsyncIterator()
        var messages = try #require(try await iterator.next()).map(\.message)
        #expect(try write(4_000) < mostWAL)
        follower.finish()
        while let batch = try await iterator.next() { messages += batch.map(\.message) }
        let isWhole = messages == (0..<100_000).map { "line \($0)" }
        #expect(isWhole, "\(messages.count)")
    }

    @Test func `an index that was let go gives no blocks of then, and is asked anew of what comes after`() throws {
        let index = try #require(try LogIndex(state.layout))
        let file = LogFile(run: run, stream: .stdout)
        let size = try file.size()
        let before = try #require(try index.entry(of: file, size: size))
        let question = LogIndex.Question()
        #expect(try !index.blocks(of: before, in: file, .forwards, 0, question).blocks.isEmpty)
        index.release()
        #expect(throws: IndexError.released) { try index.blocks(of: before, in: file, .forwards, 0, question) }
        try state.append(record(200_000, "info", "more"), to: run.standardOutput)
        try state.end(run)
        _ = try RunIndexer(try IndexWriter(state.layout)).look(at: [run])
        // It knows more by now than there was of the file.
        #expect(try index.entry(of: file, size: size)?.end == 0)
        let after = try #require(try index.entry(of: file, size: file.size()))
        #expect(after.end > before.end)
        #expect(try !index.blocks(of: after, in: file, .forwards, 0, question).blocks.isEmpty)
    }

    @Test func `few lines that wait do not keep the blocks they were found in`() throws {
        for query in [LogQuery { $0.pattern = "line 7000\"" }, LogQuery { $0.pattern = "line 7000[^0-9]" }] {
            let line = try #require(try state.lines { $0 = query }.first)
            #expect(line.bytes.indices == 0..<line.bytes.count)
            #expect(line.message == "line 7000")
        }
        let last = try #require(try state.lines { ($0.pattern, $0.tail) = ("line 7000[^0-9]", 1) }.first)
        #expect(last.bytes.indices == 0..<last.bytes.count)
    }

    @Test(arguments: [(0, 32), (1, 32), (2, 16), (20, 1), (1_000, 1)])
    func `the more files there are, the fewer blocks of each are read at once`(_ files: Int, _ blocks: Int) {
        #expect(IndexedBlocks.atOnce(files) == blocks)
    }
}
