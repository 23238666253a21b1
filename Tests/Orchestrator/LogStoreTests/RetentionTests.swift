import Foundation
import StateDirectory
import Synchronization
import SystemPackage
import Testing

@testable import LogStore

@Suite struct RetentionTests {
    private final class Reports: Sendable {
        let texts = Mutex<[String]>([])
    }

    /// Writes and indexes so many lines of about a hundred bytes, and looks after them as the daemon does.
    private func write(
        _ lines: Range<Int>, to run: RunDirectory, in state: ScratchState, retain bytes: Int64
    ) throws {
        let writer = try IndexWriter(state.layout)
        let indexer = RunIndexer(writer, blockSize: 16_384)
        let retainer = LogRetainer(state.layout) { Issue.record("\($0)") }
        for start in stride(from: lines.lowerBound, to: lines.upperBound, by: 500) {
            let numbers = start..<min(start + 500, lines.upperBound)
            try state.append(
                numbers.map { record(Double($0), "info", "line \($0)", #","pad":"0123456789abcdef""#) }.joined(),
                to: run.standardOutput)
            _ = try indexer.look(at: [run])
            try retainer.runsChanged(of: run.instance, writer)
            try retainer.enforce(Retention(bytes: bytes, runs: 20), on: run.instance, writer)
        }
    }

    private func allocated(_ run: RunDirectory) throws -> Int {
        var status = stat()
        #expect(stat(run.standardOutput.string, &status) == 0)
        return Int(status.st_blocks) * 512
    }

    @Test func `a long run loses its oldest lines, and the rest keeps its offsets`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        try write(0..<10_000, to: run, in: state, retain: 200_000)
        #expect(try allocated(run) < 300_000)
        let lines = try state.lines()
        let first = try #require(lines.first)
        #expect(first.offset > 600_000)
        #expect(lines.last?.message == "line 9999")
        let number = try #require(Int(first.message.dropFirst(5)))
        #expect(lines.count == 10_000 - number)
        // An address is for ever.
        #expect(
            Int64(
                (0..<number).map { record(Double($0), "info", "line \($0)", #","pad":"0123456789abcdef""#) }.joined()
                    .utf8.count) == first.offset)
        #expect(try state.lines { $0.tail = 5 }.map(\.message) == (9_995..<10_000).map { "line \($0)" })
        #expect(try state.lines { $0.pattern = "line 9990" }.count == 1)
        #expect(try state.lines { $0.pattern = "line 10\"" }.isEmpty)
    }

    @Test func `a reader that is overtaken is told how much it missed, and sees no hole`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let follower = try await LogFollower.start(layout: state.layout, query: LogQuery())
        try write(0..<10_000, to: run, in: state, retain: 200_000)
        let first = try #require(try state.lines().first)
        follower.finish()
        var lines: [LogLine] = []
        var skipped: Int64 = 0
        for try await batch in follower {
            lines += batch
            skipped += batch.skipped
        }
        #expect(skipped == first.offset)
        #expect(lines.first?.offset == first.offset)
        #expect(lines.last?.message == "line 9999")
        #expect(lines.allSatisfy { !$0.bytes.contains(0) })
    }

    @Test func `what was dropped is counted`() throws {
        let state = try ScratchState()
        let run = try state.run(3, of: "a")
        try write(0..<10_000, to: run, in: state, retain: 200_000)
        let number = try #require(try state.lines().first.flatMap { Int($0.message.dropFirst(5)) })
        let dropped = try state.reader.dropped(LogQuery())
        #expect(dropped.map(\.lines) == [Int64(number)])
        #expect(dropped.first?.run == 3)
        #expect(dropped.first?.bytes ?? 0 > 600_000)
    }

    @Test func `older runs go before lines of the newest, and are counted`() throws {
        let state = try ScratchState()
        let old = try state.run(1, of: "a")
        try write(0..<2_000, to: old, in: state, retain: 10_000_000)
        try state.end(old)
        let new = try state.run(2, of: "a")
        try write(0..<1_500, to: new, in: state, retain: 200_000)
        #expect(state.layout.allRuns(of: new.instance).map(\.run) == [2])
        #expect(try state.lines().count == 1_500)
        let dropped = try state.reader.dropped(LogQuery { $0.runs = .all })
        #expect(dropped.map(\.run) == [nil])
        #expect(dropped.first?.lines == 2_000)
    }

    @Test func `a run that lives is never deleted`() throws {
        let state = try ScratchState()
        let old = try state.run(1, of: "a")
        guard let lock = try FileLock(taking: old.shimLock) else {
            Issue.record("the lock is held")
            return
        }
        try write(0..<2_000, to: old, in: state, retain: 10_000_000)
        let new = try state.run(2, of: "a")
        try write(0..<100, to: new, in: state, retain: 50_000)
        #expect(state.layout.allRuns(of: new.instance).map(\.run) == [1, 2])
        extendLifetime(lock)
    }

    @Test(arguments: [(2, [3, 4]), (1, [4]), (4, [1, 2, 3, 4])])
    func `the newest runs are kept, as many as are wanted`(_ runs: Int, _ kept: [Int]) throws {
        let state = try ScratchState()
        for number in 1...4 { try state.run(number, of: "a", out: "line\n") }
        let instance = InstanceID(service: "a", replica: 1)
        let retainer = LogRetainer(state.layout) { Issue.record("\($0)") }
        try retainer.enforce(Retention(bytes: 1_000_000, runs: runs), on: instance, try IndexWriter(state.layout))
        #expect(state.layout.allRuns(of: instance).map(\.run) == kept)
    }

    @Test func `a full disk costs the oldest lines, whosever they are, and is told once`() throws {
        let state = try ScratchState()
        let (old, new) = (try state.run(of: "a"), try state.run(of: "b"))
        try write(0..<4_000, to: old, in: state, retain: 10_000_000)
        try write(0..<4_000, to: new, in: state, retain: 10_000_000)
        let reports = Reports()
        let retainer = LogRetainer(
            state.layout, space: { DiskSpace(free: 100_000, total: 10_000_000) }
        ) { text in reports.texts.withLock { $0.append(text) } }
        // 200,000 are the reserve: twice that is made free.
        let writer = try IndexWriter(state.layout)
        try retainer.relieve(writer)
        try retainer.relieve(writer)
        let dropped = try state.reader.dropped(LogQuery())
        #expect(dropped.map(\.instance.service) == ["a", "b"] || dropped.map(\.instance.service) == ["a"])
        #expect(600_000...700_000 ~= dropped.reduce(0) { $0 + $1.bytes })
        #expect(try state.lines { $0.services = ["b"] }.last?.message == "line 3999")
        #expect(reports.texts.withLock { $0.count } == 1)
    }

    @Test func `the oldest lines go first, in whatever order they were indexed`() throws {
        let state = try ScratchState()
        let (young, old) = (try state.run(of: "a"), try state.run(of: "b"))
        try write(10_000..<14_000, to: young, in: state, retain: 10_000_000)
        try write(0..<4_000, to: old, in: state, retain: 10_000_000)
        let retainer = LogRetainer(
            state.layout, space: { DiskSpace(free: 100_000, total: 10_000_000) }
        ) { _ in }
        try retainer.relieve(try IndexWriter(state.layout))
        #expect(try state.reader.dropped(LogQuery()).map(\.instance.service) == ["b"])
        #expect(try state.lines { $0.services = ["a"] }.first?.message == "line 10000")
        // Of each file its head, without a gap.
        let left = try state.lines { $0.services = ["b"] }
        #expect(left.last?.message == "line 3999")
        #expect(left.first?.message == "line \(4_000 - left.count)")
    }

    @Test(arguments: [nil, "line"]) func `a reader with an index that is overtaken sees no hole`(
        _ pattern: String?
    ) throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        try write(0..<10_000, to: run, in: state, retain: 10_000_000)
        var lines = try state.reader.lines(
            LogQuery { query in
                query.pattern = pattern
                if pattern == nil { query.minimumLevel = .info }
            })
        #expect(try lines.next()?.message == "line 0")
        let retainer = LogRetainer(state.layout) { Issue.record("\($0)") }
        try retainer.enforce(
            Retention(bytes: 200_000, runs: 20), on: run.instance, try IndexWriter(state.layout))
        let first = try #require(try state.lines().first)
        let rest = try lines.all()
        #expect(rest.allSatisfy { !$0.bytes.contains(0) })
        #expect(rest.suffix(5).map(\.message) == (9_995..<10_000).map { "line \($0)" })
        #expect(rest.filter { $0.offset >= first.offset }.count == Int(10_000) - (Int(first.message.dropFirst(5)) ?? 0))
    }

    @Test func `of a file without newlines pieces go, as a reader would see them`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let piece = LogFile.longestLine
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 2 * piece + 1_000_000)
        try state.append(long + [0x0A] + long.prefix(piece) + [0x0A] + long.prefix(100), to: run.standardOutput)
        let all = try state.lines().map(\.offset)
        #expect(all.count == 5)
        var head = try #require(LogHead(LogFile(run: run, stream: .stdout), least: 1))
        for (index, end) in all.dropFirst().enumerated() {
            #expect(head.drop(65_536) == end - all[index])
            #expect(head.first == end)
            #expect(head.droppedLines == index + 1)
        }
        // Somebody may still be writing it.
        #expect(head.drop(65_536) == 0)

        let retainer = LogRetainer(state.layout, space: { DiskSpace(free: 0, total: 50_000_000) }) { _ in }
        #expect(retainer.relieveWithoutIndex())
        #expect(try state.lines().map(\.offset) == Array(all.dropFirst()))
        #expect(try state.lines { $0.tail = 10 }.map(\.offset) == Array(all.dropFirst()))
    }

    @Test func `a disk that is full before anything is indexed costs the oldest lines too, all counted`() throws {
        let state = try ScratchState()
        let (old, new) = (try state.run(of: "a"), try state.run(of: "b"))
        for (run, start) in [(old, 0), (new, 2_000)] {
            try state.append(
                (start..<(start + 4_000)).map { record(Double($0), "info", "line \($0)") }.joined(),
                to: run.standardOutput)
        }
        let all = try state.lines()
        let retainer = LogRetainer(state.layout, space: { DiskSpace(free: 0, total: 6_000_000) }) { _ in }
        #expect(retainer.relieveWithoutIndex())
        let left = try state.lines()
        #expect(left.count < all.count - 2_500)
        // What is left of each is its end, and nothing of one is much older than what the other has lost.
        let firsts = try ["a", "b"].map { name in try state.lines { $0.services = [name] }.first?.time }
        let (first, second) = (try #require(firsts[0]), try #require(firsts[1]))
        #expect(abs(first.nanoseconds - second.nanoseconds) < 1_000_000_000_000)
        #expect(left.map(\.message).suffix(100) == all.map(\.message).suffix(100))

        let writer = try IndexWriter(state.layout)
        try retainer.settle(writer)
        let indexer = RunIndexer(writer, blockSize: 16_384)
        _ = try indexer.look(at: [old, new])
        let dropped = try state.reader.dropped(LogQuery())
        #expect(dropped.map(\.instance.service) == ["a", "b"])
        #expect(dropped.reduce(0) { $0 + $1.lines } == all.count - left.count)
        #expect(try state.lines().map(\.message) == left.map(\.message))
        #expect(try state.lines { $0.pattern = "line 5999" }.count == 1)
    }

    @Test func `lines that are indexed already are read right behind a hole that no block ends at`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        try write(0..<6_000, to: run, in: state, retain: 10_000_000)
        let all = try state.lines()
        let retainer = LogRetainer(state.layout, space: { DiskSpace(free: 0, total: 5_000_000) }) { _ in }
        #expect(retainer.relieveWithoutIndex())
        let writer = try IndexWriter(state.layout)
        try retainer.settle(writer)
        _ = try RunIndexer(writer, blockSize: 16_384).look(at: [run])
        let left = try state.lines()
        #expect(left.count < all.count - 1_000)
        #expect(left.map(\.offset) == all.map(\.offset).suffix(left.count))
        #expect(try state.lines { $0.minimumLevel = .info }.count == left.count)
        #expect(try state.reader.dropped(LogQuery()).map(\.lines) == [Int64(all.count - left.count)])
    }

    @Test func `a disk is low at a fiftieth, a large one at 64 MiB, and tight before that`() {
        #expect(DiskSpace(free: 1_199_999, total: 20_000_000).isTight)
        #expect(!DiskSpace(free: 1_200_000, total: 20_000_000).isTight)
        #expect(DiskSpace(free: 399_999, total: 20_000_000).isLow)
        #expect(!DiskSpace(free: 400_000, total: 20_000_000).isLow)
        #expect(DiskSpace(free: (64 << 20) - 1, total: 1 << 40).isLow)
        #expect(!DiskSpace(free: 64 << 20, total: 1 << 40).isLow)
    }
}
