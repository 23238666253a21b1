import StateDirectory
import SystemPackage
import Testing

@testable import LogStore

/// What is indexed does not depend on when it is looked at.
@Suite struct FileIndexerTests {
    private struct Indexed: Equatable {
        var blocks: [BlockSummary] = []
        var ids: [IDFilter] = []
        var minutes: [Int64: LogCounts] = [:]

        mutating func add(_ step: IndexStep) {
            blocks += step.blocks.map(\.summary)
            ids += step.blocks.map(\.ids)
            for (minute, counts) in step.minutes { minutes[minute, default: LogCounts()] += counts }
        }
    }

    private let state: ScratchState
    private let run: RunDirectory

    init() throws {
        state = try ScratchState()
        run = try state.run(of: "a", birth: LogTime(seconds: 1_749_999_000))
    }

    /// Indexes these bytes as they come in parts.
    private func index(_ parts: [ArraySlice<UInt8>]) throws -> Indexed {
        try FileDescriptor.open(run.standardOutput, .writeOnly, options: .truncate).close()
        let file = LogFile(run: run, stream: .stdout)
        let indexer = FileIndexer(
            file, at: IndexPosition(indexed: 0, counted: 0, isOver: false, context: LineContext(file)), arrivals: [],
            blockSize: 300)
        var indexed = Indexed()
        func look(hasEnded: Bool) throws {
            var hasMore = true
            while hasMore {
                // So early that no text comes later than what is above it.
                let look = try indexer.look(now: LogTime(seconds: 1), hasEnded: hasEnded)
                indexed.add(look.step)
                indexer.committed(look.step)
                hasMore = look.hasMore
            }
        }
        for part in parts {
            try state.append(Array(part), to: run.standardOutput)
            try look(hasEnded: false)
        }
        try look(hasEnded: true)
        return indexed
    }

    @Test(arguments: 1...3) func `bytes that come in two parts, split anywhere, are indexed as if they came in one`(
        _ seed: UInt64
    ) throws {
        var random = SplitMix(state: seed)
        let bytes = GeneratedLog.bytes(1_000, random: &random)
        let whole = try index([bytes[...]])
        #expect(whole.blocks.count > 1)
        #expect(whole.blocks.reduce(0) { $0 + $1.range.count } == bytes.count)
        #expect(whole.minutes.values.reduce(0) { $0 + $1.bytes } == bytes.count)
        for split in bytes.indices {
            #expect(try index([bytes[..<split], bytes[split...]]) == whole, "split at \(split)")
        }
    }

    @Test func `byte by byte is the same, too`() throws {
        var random = SplitMix(state: 9)
        let bytes = GeneratedLog.bytes(1_500, random: &random)
        #expect(try index(bytes.indices.map { bytes[$0...$0] }) == index([bytes[...]]))
    }
}
