import LogStore
import StateDirectory
import SystemPackage
import Testing

@Suite struct SelectionTests {
    @Test func `a service without logs is named, with those that have some`() throws {
        let state = try ScratchState()
        try state.run(of: "orders")
        try state.run(of: "users.2")
        #expect(throws: LogError.unknownService("user", known: ["orders", "users"])) {
            try state.lines { $0.services = ["user"] }
        }
        #expect(throws: LogError.unknownRun(4, known: [1])) { try state.lines { $0.runs = .number(4) } }
    }

    @Test func `where nothing has run, that is said`() throws {
        let state = try ScratchState()
        #expect(throws: LogError.nothingHasRun(state.layout.runs)) { try state.lines() }
    }

    @Test func `a pattern that is none is refused before anything is read`() throws {
        let state = try ScratchState()
        try state.run(of: "a", out: "x\n")
        #expect {
            try state.lines { $0.pattern = "a(" }
        } throws: { error in
            if case LogError.badPattern("a(", column: 3, _) = error { true } else { false }
        }
    }

    @Test func `the last lines of a run are those of both streams`() throws {
        let state = try ScratchState()
        let run = try state.run(
            of: "a", out: (1...50).map { record(Double($0), "info", "o\($0)") }.joined(), err: "Fatal error\n")
        #expect(try LogTail.last(2, of: run).map(\.message).contains("Fatal error"))
        try state.append(record(60, "error", "e60"), to: run.standardOutput)
        #expect(try LogTail.last(0, of: run).isEmpty)
        #expect(try LogTail.last(1_000, of: run).count == 52)
        #expect(try LogTail.last(5, of: state.layout.run(9, of: run.instance)).isEmpty)
    }

    @Test func `all lines of one request are found over services and runs`() throws {
        let state = try ScratchState()
        try state.run(
            1, of: "a",
            out: record(1, "info", "a1", #","requestId":"r1""#) + record(3, "info", "a3", #","requestId":"r2""#))
        try state.run(2, of: "a", out: record(4, "info", "a4", #","req_id":"r1""#))
        try state.run(1, of: "b", out: record(2, "info", "b2", #","request_id":"r\u0031""#))
        var lines = try state.reader.lines(ofRequest: "r1")
        #expect(try lines.all().map(\.message) == ["a1", "b2", "a4"])
        var none = try state.reader.lines(ofTrace: "r1")
        #expect(try none.all().isEmpty)
    }

    @Test func `the tail of a long file is read without the file`() throws {
        let state = try ScratchState()
        // 8 TiB, all but the end a hole that a full read would not get through.
        let run = try state.run(of: "a")
        let file = try FileDescriptor.open(
            run.standardOutput, .writeOnly, options: [.create], permissions: [.ownerReadWrite])
        try file.closeAfter {
            _ = try file.writeAll(toAbsoluteOffset: 0, Array(record(1, "info", "first").utf8))
            let end = Array((2...900).map { "\n" + record(Double($0), "info", "\($0)") }.joined().utf8)
            _ = try file.writeAll(toAbsoluteOffset: 8 << 40, end)
        }
        #expect(try state.lines { $0.tail = 10 }.filter { !$0.bytes.isEmpty }.last?.message == "900")
    }
}
