import StateDirectory
import SystemPackage
import Testing

@testable import LogStore

@Suite(.timeLimit(.minutes(1))) struct FollowTests {
    /// Reads a follower until it has given so many lines.
    private func read(_ iterator: inout LogFollower.AsyncIterator, _ count: Int) async throws -> [LogLine] {
        var lines: [LogLine] = []
        while lines.count < count, let batch = try await iterator.next() { lines += batch }
        return lines
    }

    private func follow(_ state: ScratchState, _ change: (inout LogQuery) -> Void = { _ in }) async throws
        -> LogFollower
    {
        try await LogFollower.start(layout: state.layout, query: LogQuery(change))
    }

    @Test func `what is there comes first, then what is written`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: (1...2_000).map { record(Double($0), "info", "\($0)") }.joined())
        let follower = try await follow(state)
        try state.append(record(2_001, "info", "2001"), to: run.standardOutput)
        var iterator = follower.makeAsyncIterator()
        #expect(try await read(&iterator, 2_001).map(\.message) == (1...2_001).map(String.init))
        try state.append(record(2_002, "info", "2002"), to: run.standardOutput)
        try state.append("oops\n", to: run.standardError)
        #expect(Set(try await read(&iterator, 2).map(\.message)) == ["2002", "oops"])
    }

    @Test func `with a tail of none only what is written after the start comes`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: record(1, "info", "old"))
        let follower = try await follow(state) { $0.tail = 0 }
        try state.append(record(2, "info", "new"), to: run.standardOutput)
        var iterator = follower.makeAsyncIterator()
        #expect(try await read(&iterator, 1).map(\.message) == ["new"])
    }

    @Test func `what was written before the finish still comes, and then it ends`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: record(1, "info", "old"))
        let follower = try await follow(state) { $0.tail = 0 }
        try state.append(record(2, "info", "new") + "unfinish", to: run.standardOutput)
        try state.end(run)
        try state.run(of: "late", out: record(3, "info", "late"))
        follower.finish()
        var lines: [LogLine] = []
        for try await batch in follower { lines += batch }
        #expect(Set(lines.map(\.message)) == ["new", "unfinish", "late"])
    }

    @Test func `a reader that waits hears of the finish`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: record(1, "info", "first"))
        let follower = try await follow(state)
        async let lines = {
            var lines: [LogLine] = []
            for try await batch in follower { lines += batch }
            return lines
        }()
        try state.append(record(2, "info", "second"), to: run.standardOutput)
        follower.finish()
        #expect(try await lines.map(\.message) == ["first", "second"])
    }

    @Test func `a restart is followed into the new run, and no line is missing or twice`() async throws {
        let state = try ScratchState()
        let first = try state.run(1, of: "a", out: record(1, "info", "0"))
        let follower = try await follow(state)
        var iterator = follower.makeAsyncIterator()
        var lines = try await read(&iterator, 1)
        try state.append(record(2, "info", "1") + "unfinish", to: first.standardOutput)
        try state.end(first)
        for run in 2...6 {
            let directory = try state.run(run, of: "a")
            for line in 0..<200 {
                try state.append(
                    record(Double(run * 1_000 + line), "info", "\(run)-\(line)"), to: directory.standardOutput)
            }
            try state.end(directory)
        }
        lines += try await read(&iterator, 2 + 1_000)
        #expect(lines.map(\.run) == lines.map(\.run).sorted())
        let expected = ["0", "1", "unfinish"] + (2...6).flatMap { run in (0..<200).map { "\(run)-\($0)" } }
        #expect(lines.map(\.message) == expected)
        #expect(lines.filter(\.isPartial).map(\.message) == ["unfinish"])
    }

    @Test func `a new instance of a service is picked up, one of another service is not`() async throws {
        let state = try ScratchState()
        try state.run(of: "a", out: record(1, "info", "a.1"))
        let follower = try await follow(state) { $0.services = ["a"] }
        var iterator = follower.makeAsyncIterator()
        #expect(try await read(&iterator, 1).map(\.message) == ["a.1"])
        try state.run(of: "b", out: record(2, "info", "b.1"))
        try state.run(of: "a.2", out: record(3, "info", "a.2"))
        #expect(try await read(&iterator, 1).map(\.message) == ["a.2"])
    }

    @Test func `an unfinished line is held back while its run lives and comes when it ends`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: record(1, "info", "one") + "half")
        let lock = try FileLock(taking: run.shimLock)
        let follower = try await follow(state)
        var iterator = follower.makeAsyncIterator()
        #expect(try await read(&iterator, 1).map(\.message) == ["one"])
        try state.append(" a line\nand a", to: run.standardOutput)
        #expect(try await read(&iterator, 1).map(\.message) == ["half a line"])
        try state.end(run)
        let last = try await read(&iterator, 1)
        #expect(last.map(\.message) == ["and a"])
        #expect(last.map(\.isPartial) == [true])
        withExtendedLifetime(lock) {}
    }

    @Test func `when a shim is killed, the freed lock ends the unfinished line`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: record(1, "info", "one"))
        func live() async throws -> LogFollower {
            let lock = try FileLock(taking: run.shimLock)
            let follower = try await follow(state)
            var iterator = follower.makeAsyncIterator()
            _ = try await read(&iterator, 1)
            try state.append("last words", to: run.standardOutput)
            withExtendedLifetime(lock) {}
            return follower
        }
        let follower = try await live()
        var iterator = follower.makeAsyncIterator()
        #expect(try await read(&iterator, 1).map(\.isPartial) == [true])
    }

    @Test func `following one run ends with it`() async throws {
        let state = try ScratchState()
        let run = try state.run(1, of: "a", out: record(1, "info", "1"))
        let follower = try await follow(state) { $0.runs = .number(1) }
        try state.append(record(2, "info", "2"), to: run.standardOutput)
        try state.end(run)
        var messages: [String] = []
        for try await batch in follower { messages += batch.map(\.message) }
        #expect(messages == ["1", "2"])
    }

    /// `a` writes fifty thousand lines, and `b` one for every thousand of them, each with the same time as that one.
    private func backlog(_ state: ScratchState, _ runs: [RunDirectory]) throws -> [String] {
        var (a, b, merged) = ("", "", [String]())
        for number in 0..<50_000 {
            a += record(Double(number), "info", "a \(number)", #","pad":"0123456789abcdefghijklmnopqrst""#)
            merged.append("a \(number)")
            guard number.isMultiple(of: 1_000) else { continue }
            b += record(Double(number), "info", "b \(number)")
            merged.append("b \(number)")
        }
        try state.append(a, to: runs[0].standardOutput)
        try state.append(b, to: runs[1].standardOutput)
        return merged
    }

    @Test func `however far the reader is behind, the lines come in time order`() async throws {
        let state = try ScratchState()
        let runs = [try state.run(of: "a"), try state.run(of: "b")]
        let follower = try await follow(state)
        let merged = try backlog(state, runs)
        follower.finish()
        var messages: [String] = []
        for try await batch in follower { messages += batch.map(\.message) }
        let isMerged = messages == merged
        #expect(isMerged, "\(messages.count) of \(merged.count)")
    }

    @Test(arguments: [1, 2, 7, 30]) func `in the midst of a backlog a cursor says what was handed out, and no more`(
        _ batches: Int
    ) async throws {
        let state = try ScratchState()
        let runs = [try state.run(of: "a"), try state.run(of: "b")]
        let follower = try await follow(state)
        let merged = try backlog(state, runs)
        follower.finish()
        let iterator = follower.makeAsyncIterator()
        var (messages, cursor): ([String], LogCursor?) = ([], nil)
        for _ in 0..<batches {
            let batch = try #require(try await iterator.next())
            messages += batch.map(\.message)
            cursor = batch.cursor
        }
        #expect(messages.count < merged.count)
        let second = try await follow(state) { $0.after = cursor }
        second.finish()
        for try await batch in second { messages += batch.map(\.message) }
        let isMerged = messages == merged
        #expect(isMerged, "\(messages.count) of \(merged.count)")
    }

    @Test func `a cancelled reader stops, and so does its thread`() async throws {
        let state = try ScratchState()
        try state.run(of: "a", out: record(1, "info", "1"))
        let follower = try await follow(state)
        let (events, event) = AsyncStream.makeStream(of: Int.self)
        let reading = Task {
            for try await batch in follower { event.yield(batch.count) }
            event.finish()
        }
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == 1)
        reading.cancel()
        try await reading.value
        #expect(await iterator.next() == nil)
    }

    @Test func `a file that is emptied begins anew`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: record(1, "info", "1") + record(2, "info", "2"))
        let follower = try await follow(state)
        var iterator = follower.makeAsyncIterator()
        #expect(try await read(&iterator, 2).count == 2)
        try FileDescriptor.open(run.standardOutput, .writeOnly, options: .truncate).close()
        try state.append(record(3, "info", "3"), to: run.standardOutput)
        #expect(try await read(&iterator, 1).map(\.message) == ["3"])
    }

    @Test func `filters hold while following, and a long line may come bit by bit`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let follower = try await follow(state) { $0.minimumLevel = .error }
        var iterator = follower.makeAsyncIterator()
        let long = Array(record(2, "error", String(repeating: "y", count: 3 << 20)).utf8)
        try state.append(record(1, "info", "no"), to: run.standardOutput)
        for start in stride(from: 0, to: long.count, by: 1 << 18) {
            try state.append(Array(long[start..<min(start + 1 << 18, long.count)]), to: run.standardOutput)
        }
        #expect(try await read(&iterator, 1).map(\.bytes.count) == [long.count - 1])
    }

    @Test func `without a directory of runs there is nothing to follow`() async throws {
        let state = try ScratchState()
        try AtomicFile.remove(state.layout.runs)
        await #expect(throws: LogError.nothingHasRun(state.layout.runs)) { _ = try await follow(state) }
    }
}
