import CLinux
import StateDirectory
import SystemPackage
import Testing

@testable import LogStore

@Suite struct CursorTests {
    @Test(arguments: ["a.1/1/stdout:0", "a.b.2/17/stdout:99,a.b.2/17/stderr:-1"])
    func `a cursor is read as it is written`(_ text: String) {
        #expect(LogCursor(text)?.description == text)
    }

    @Test(arguments: [
        "", "a.1", "a.1/1", "a.1/1/stdout", "a.1/0/stdout:1", "a.1/1/stdin:1", "a.1/1/stdout:x", "a/1/stdout:1",
        "a.1/1/stdout:-2", "a.1/1/stdout:1,", "a.1/1/stdout:1,a.1/1/stdout:2", "a.1/1/stdout:9223372036854775807",
    ])
    func `what is no cursor is none`(_ text: String) {
        #expect(LogCursor(text) == nil)
    }

    @Test func `lines behind the offset come, and no other`() throws {
        let state = try ScratchState()
        try state.run(of: "a", out: "one\n\nthree\nfour\n", err: "wrong\n")
        func after(_ cursor: String) throws -> [String] {
            try state.lines { $0.after = LogCursor(cursor) }.map { "\($0.stream.rawValue):\($0.offset)" }.sorted()
        }
        let all = ["stderr:0", "stdout:0", "stdout:11", "stdout:4", "stdout:5"]
        #expect(try after("a.1/1/stdout:-1") == all)
        #expect(try after("a.1/1/stdout:0") == ["stderr:0", "stdout:11", "stdout:4", "stdout:5"])
        #expect(try after("a.1/1/stdout:3") == ["stderr:0", "stdout:11", "stdout:4", "stdout:5"])
        #expect(try after("a.1/1/stdout:4,a.1/1/stderr:0") == ["stdout:11", "stdout:5"])
        #expect(try after("a.1/1/stdout:11,a.1/1/stderr:5") == [])
        #expect(try after("b.1/1/stdout:11") == all)
    }

    @Test func `the other pieces of a line that is too long are behind the cursor at one of them`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: "first\n")
        let piece = LogFile.longestLine
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 2 * piece + 17)
        try state.append(long + [0x0A] + long.prefix(piece) + [0x0A] + Array("last\n".utf8), to: run.standardOutput)
        let all = try state.lines().map(\.offset)
        #expect(all.count == 6)
        for (index, offset) in all.enumerated() {
            let at = LogCursor("a.1/1/stdout:\(offset)")
            #expect(try state.lines { $0.after = at }.map(\.offset) == Array(all[(index + 1)...]))
            guard index > 0 else { continue }
            let before = LogCursor("a.1/1/stdout:\(offset - 1)")
            #expect(try state.lines { $0.after = before }.map(\.offset) == Array(all[index...]))
        }
    }

    @Test func `a cursor in what was dropped goes on with the first line that is left`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let lines = (0..<2_000).map { "line \($0)\n" }
        try state.append(lines.joined(), to: run.standardOutput)
        let first = Int64(lines[..<1_500].joined().utf8.count)
        #expect(clinux_punch_head(run.standardOutput.string, first) == 0)
        for offset in [0, 100, first - 1] {
            let found = try state.lines { $0.after = LogCursor("a.1/1/stdout:\(offset)") }
            #expect(found.first?.offset == first)
            #expect(found.count == 500)
        }
    }

    @Test func `runs that were deleted before they were read to their end are named`() throws {
        let state = try ScratchState()
        for run in 4...6 { try state.run(run, of: "a", out: "line\n") }
        func missed(_ cursor: String) -> [MissedRuns] {
            state.reader.missedRuns(LogQuery { $0.after = LogCursor(cursor) })
        }
        let a = InstanceID(service: "a", replica: 1)
        #expect(missed("a.1/2/stdout:4") == [MissedRuns(instance: a, reached: 2, last: 3)])
        #expect(missed("a.1/3/stdout:4,a.1/3/stderr:-1") == [MissedRuns(instance: a, reached: 3, last: 3)])
        #expect(missed("a.1/4/stdout:4") == [])
        #expect(missed("b.1/1/stdout:4") == [])
    }

    @Test func `runs behind that of the cursor come whole, those before it do not`() throws {
        let state = try ScratchState()
        for run in 1...4 { try state.run(run, of: "a", out: "\(run) first\n\(run) second\n", err: "\(run) wrong\n") }
        let lines = try state.lines { $0.after = LogCursor("a.1/2/stdout:0") }
        #expect(
            lines.map(\.text).sorted() == [
                "2 second", "2 wrong", "3 first", "3 second", "3 wrong", "4 first", "4 second", "4 wrong",
            ])
    }

    /// What a reader gets that stops at random places and goes on from the cursors that it was given.
    @Test(arguments: 1...6) func `going on from cursor to cursor leaves nothing out and repeats nothing`(
        _ seed: UInt64
    ) async throws {
        var random = SplitMix(state: seed)
        let state = try ScratchState()
        var runs = [try state.run(of: "a"), try state.run(of: "b")]
        var wanted: [String: [String]] = [:]
        var found: [String: [String]] = [:]
        var cursor: LogCursor?
        var number = 0
        for round in 0..<12 {
            for index in runs.indices {
                for _ in 0..<Int.random(in: 0...40, using: &random) {
                    number += 1
                    try state.append("line \(number)\n", to: runs[index].standardOutput)
                    wanted[runs[index].instance.description, default: []].append("line \(number)")
                }
            }
            if round.isMultiple(of: 3) {
                try state.end(runs[0])
                runs[0] = try state.run(runs[0].run + 1, of: "a")
            }
            let after = cursor
            let follower = try await LogFollower.start(
                layout: state.layout,
                query: LogQuery { query in
                    query.after = after
                    query.runs = .all
                })
            follower.finish()
            for try await batch in follower {
                for line in batch { found[line.instance.description, default: []].append(line.text) }
                cursor = batch.cursor ?? cursor
            }
        }
        #expect(found == wanted)
    }

    @Test func `an unfinished line is not behind the cursor`() async throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: "one\nhalf")
        guard let lock = try FileLock(taking: run.shimLock) else {
            Issue.record("the lock is held")
            return
        }
        func read(_ after: LogCursor?) async throws -> ([String], LogCursor?) {
            let follower = try await LogFollower.start(layout: state.layout, query: LogQuery { $0.after = after })
            follower.finish()
            var (lines, cursor): ([String], LogCursor?) = ([], nil)
            for try await batch in follower {
                lines += batch.map(\.text)
                cursor = batch.cursor ?? cursor
            }
            return (lines, cursor)
        }
        let (first, cursor) = try await read(nil)
        #expect(first == ["one"])
        #expect(cursor?.description == "a.1/1/stdout:3,a.1/1/stderr:-1")
        try state.append(" and half\n", to: run.standardOutput)
        #expect(try await read(cursor).0 == ["half and half"])
        extendLifetime(lock)
    }
}
