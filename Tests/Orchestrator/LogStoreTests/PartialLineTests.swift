import StateDirectory
import SystemPackage
import Testing

@testable import LogStore

@Suite struct PartialLineTests {
    @Test func `an unterminated last line is kept and marked, and not glued to the next run's first`() throws {
        let state = try ScratchState()
        let first = try state.run(1, of: "a", out: record(1, "info", "one") + #"{"level":"error","message":"cut o"#)
        try state.end(first)
        try state.run(2, of: "a", out: record(2, "info", "two"))
        let lines = try state.lines { $0.runs = .all }
        #expect(lines.map(\.isPartial) == [false, true, false])
        #expect(lines[1].level == .error)
        #expect(lines[1].text == #"{"level":"error","message":"cut o"#)
        #expect(lines[1].time == lines[0].time)
        var bytes: [UInt8] = []
        var printer = LogPrinter(.raw)
        for line in lines { printer.append(line, to: &bytes) }
        #expect(bytes.split(separator: 0x0A).count == 3)
    }

    @Test func `bytes that come in two parts, split anywhere, give the same lines`() throws {
        let state = try ScratchState()
        let whole =
            record(1, "info", "é😀 one") + "\r\n\n  at frame\n" + record(2, "warn", "two") + "{\"broken\":\n"
            + record(3, "info", "3")
        let bytes = Array(whole.utf8)
        let reference = try state.run(1, of: "all.1", out: whole)
        let filter = try LineFilter(LogQuery())
        func look(_ file: FollowedFile) throws -> [String] {
            var lines: [LogLine] = []
            _ = try file.look(filter, now: LogTime(seconds: 0), hasEnded: false)
            while let more = try file.next() { lines += more }
            return lines.map { "\($0.offset) \($0.text) \($0.isPartial)" }
        }
        let expected = try look(FollowedFile(new: LogFile(run: reference, stream: .stdout)))
        #expect(expected.count == 7)
        for split in bytes.indices {
            let run = try state.run(split + 1, of: "part.1")
            let file = FollowedFile(new: LogFile(run: run, stream: .stdout))
            try state.append(Array(bytes[..<split]), to: run.standardOutput)
            let before = try look(file)
            try state.append(Array(bytes[split...]), to: run.standardOutput)
            #expect(try before + look(file) == expected, "split at \(split)")
        }
    }

    @Test func `a text line has the time of the record above it, and before the first that of the run's beginning`()
        throws
    {
        let state = try ScratchState()
        let run = try state.run(
            of: "a", out: "starting\n" + record(1, "error", "boom") + "  at f\n  at g\n" + record(2, "info", "ok"))
        let lines = try state.lines()
        let birth = LogFile(run: run, stream: .stdout).birth
        let first = LogTime(milliseconds: 1_750_000_001_000)
        let second = LogTime(milliseconds: 1_750_000_002_000)
        #expect(lines.map(\.time) == [birth, first, first, first, second])
        #expect(try state.lines { $0.minimumLevel = .error }.map(\.message) == ["boom", "  at f", "  at g"])
    }

    @Test func `text on stderr passes as an error, text on stdout does not`() throws {
        let state = try ScratchState()
        try state.run(of: "a", out: "hello\n", err: "Fatal error: index out of range\n")
        #expect(try state.lines { $0.minimumLevel = .error }.map(\.message) == ["Fatal error: index out of range"])
        #expect(try state.lines().allSatisfy { $0.level == nil })
    }

    @Test func `a head that retention has freed is skipped, and offsets stay`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let file = try FileDescriptor.open(
            run.standardOutput, .writeOnly, options: [.create], permissions: [.ownerReadWrite])
        // Written behind a hole: to a reader the same as a hole that was punched.
        let text = record(1, "info", "kept")
        try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: 1_000_003, Array(text.utf8)) }
        #expect(try state.lines().map(\.offset) == [1_000_003])
        #expect(try state.lines { $0.tail = 5 }.map(\.offset) == [1_000_003])
    }
}
