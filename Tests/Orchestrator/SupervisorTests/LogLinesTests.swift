import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import Supervisor

@Suite struct LogLinesTests {
    private let directory = TemporaryDirectory()

    private var run: RunDirectory {
        StateLayout(projectDirectory: directory.path).run(1, of: InstanceID(service: "a", replica: 1))
    }

    init() throws { try AtomicFile.makeDirectory(run.path) }

    private func write(_ bytes: [UInt8], error: Bool = false) throws {
        let file = try FileDescriptor.open(
            error ? run.standardError : run.standardOutput, .writeOnly, options: [.append, .create],
            permissions: .ownerReadWrite)
        defer { try? file.close() }
        try file.writeAll(bytes)
    }

    private func write(_ text: String, error: Bool = false) throws { try write(Array(text.utf8), error: error) }

    private func text(_ finding: LogLines.Finding) -> String? {
        finding.line.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a line is found in either file, wherever its writes are cut`() throws {
        var lines = LogLines("ready \\d", run: run)
        #expect(lines.next(now: 0).line == nil)
        try write("one\nrea")
        try write("two\n", error: true)
        #expect(lines.next(now: 1).line == nil)
        try write("dy 7, or so\r")
        #expect(lines.next(now: 2).line == nil)
        try write("\nthree\n")
        #expect(text(lines.next(now: 3)) == "ready 7, or so")
        try write("ready 8\n", error: true)
        #expect(text(lines.next(now: 4)) == "ready 8")
        #expect(lines.next(now: 5) == .init())
    }

    @Test func `what a line only has together with the next one does not match`() throws {
        var lines = LogLines("^a b$", run: run)
        try write("a\nb\na b c\n")
        #expect(lines.next(now: 0).line == nil)
        try write("a b\n")
        #expect(text(lines.next(now: 1)) == "a b")
    }

    @Test func `a last line without an end counts when it has been left alone for a while`() throws {
        var lines = LogLines("ready$", run: run)
        try write("almost\nready")
        #expect(lines.next(now: 1_000).again == 1_100)
        try write("ing")
        #expect(lines.next(now: 1_100) == .init(again: 1_200))
        #expect(lines.next(now: 1_200) == .init())
        try write("\nready")
        #expect(lines.next(now: 1_300) == .init(again: 1_400))
        #expect(text(lines.next(now: 1_400)) == "ready")
        // Its end comes later and makes no second line of it.
        try write("\nmore\n")
        #expect(lines.next(now: 1_500) == .init())
    }

    @Test func `of a line longer than 1 MiB the beginning counts, and the next line is a new one`() throws {
        var lines = LogLines("begin|late|next", run: run)
        let filler = [UInt8](repeating: 0x2E, count: 3 << 20)
        try write(filler)
        #expect(lines.next(now: 0).line == nil)
        try write("late\nnext\n")
        #expect(text(lines.next(now: 1)) == "next")
        try write(Array("begin".utf8) + filler + [0x0A])
        #expect(lines.next(now: 2).line?.count == 1 << 20)
    }

    @Test func `a flood is read in turns`() throws {
        var lines = LogLines("needle", run: run)
        let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
        try write(Array(repeating: line, count: 60_000).flatMap(\.self) + Array("needle\n".utf8))
        #expect(lines.next(now: 5) == .init(again: 5))
        #expect(text(lines.next(now: 6)) == "needle")
    }

    @Test func `bytes that are no UTF-8 harm neither their line nor the next`() throws {
        var lines = LogLines("a.+z$", run: run)
        try write([0xFF, 0xFE, 0x0A, 0x61, 0xC3, 0x28, 0x7A, 0x0A])
        #expect(lines.next(now: 0).line == [0x61, 0xC3, 0x28, 0x7A])
        var plain = LogLines("next", run: run)
        try write([0xC3, 0x0A] + Array("next\n".utf8))
        #expect(text(plain.next(now: 0)) == "next")
    }

    @Test func `a file that was emptied begins anew`() throws {
        var lines = LogLines("b", run: run)
        try write("aaaa\naaaa\n")
        #expect(lines.next(now: 0).line == nil)
        try FileDescriptor.open(run.standardOutput, .writeOnly, options: .truncate).close()
        try write("b\n")
        #expect(text(lines.next(now: 1)) == "b")
    }

    @Test func `each heartbeat counts once, and none is missed`() throws {
        var lines = LogLines("beat", run: run)
        for number in 0..<5 {
            try write("beat \(number)\nother\n")
            #expect(text(lines.heartbeat(now: Int64(number) * 1_000)) == "beat \(number)")
            #expect(lines.heartbeat(now: Int64(number) * 1_000 + 500).line == nil)
        }
        try write("beat a\nbeat b\nbea")
        #expect(text(lines.heartbeat(now: 9_000)) == "beat a")
        #expect(lines.heartbeat(now: 9_001).line == nil)
    }

    @Test func `what was written before a daemon adopted the run is no heartbeat for it`() throws {
        try write("beat\n")
        var lines = LogLines("beat", run: run, fromEnd: true)
        #expect(lines.heartbeat(now: 0).line == nil)
        try write("beat\n")
        #expect(text(lines.heartbeat(now: 1)) == "beat")
    }

    @Test func `a flood between two heartbeats is read from its newest end`() throws {
        var lines = LogLines("beat", run: run)
        let filler = Array((String(repeating: "x", count: 99) + "\n").utf8)
        try write(
            Array("beat old\n".utf8) + Array(repeating: filler, count: 60_000).flatMap(\.self)
                + Array("beat new\n".utf8))
        #expect(text(lines.heartbeat(now: 0)) == "beat new")
    }

    @Test(arguments: [
        ("ready", "is ready.", true), ("r.ady", "is ready.", true), ("r\\.ady", "is ready.", false),
        ("(", "(", false), ("", "anything", true), ("é$", "café", true), ("^$", "", true),
    ])
    func `a pattern is an expression, and one that is none matches nothing`(
        pattern: String, line: String, matches: Bool
    ) {
        #expect(Pattern(pattern).matches(Array(line.utf8)[...]) == matches)
    }

    @Test func `a snippet has at most 200 bytes, whole characters and nothing that is no text`() {
        #expect(ProbeReport.snippet(Array("ok".utf8)) == "ok")
        #expect(
            ProbeReport.snippet(Array(String(repeating: "é", count: 150).utf8)) == String(repeating: "é", count: 100))
        #expect(ProbeReport.snippet(Array(("x" + String(repeating: "é", count: 150)).utf8)).utf8.count == 199)
        #expect(ProbeReport.snippet([UInt8](repeating: 0xFF, count: 300)) == String(repeating: "\u{FFFD}", count: 66))
    }
}
