import Foundation
import StateDirectory
import Testing

@testable import LogStore

@Suite struct HostileBytesTests {
    private let nasty: [UInt8] =
        Array("a\u{1B}[31mred\u{1B}]0;title\u{7} \u{9B}2J \u{202E}reversed \0 nul\tTab ".utf8) + [
            0xFF, 0xC3, 0x28, 0x80,
        ]

    private func printed(_ lines: [LogLine], _ format: LogFormat, isColoured: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        var printer = LogPrinter(format, isColoured: isColoured)
        for line in lines { printer.append(line, to: &bytes) }
        return bytes
    }

    @Test func `raw gives the bytes as they were written`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        try state.append(nasty + [0x0D, 0x0A], to: run.standardOutput)
        #expect(printed(try state.lines(), .raw) == nasty + [0x0D, 0x0A])
    }

    @Test func `json is JSON on one line whatever was written`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let broken = Array(#"{"message":""#.utf8) + nasty + Array(#""}"#.utf8)
        for line in [nasty, broken, [], [0], Array("{\"a\":\"\u{7F}\"}\r".utf8), Array("{]".utf8)] {
            try state.append(line + [0x0A], to: run.standardOutput)
        }
        let lines = printed(try state.lines(), .json).split(separator: 0x0A)
        #expect(lines.count == 6)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            #expect(object["schema"] as? String == "msctl.log/1")
            #expect((object["raw"] == nil) != (object["fields"] == nil))
            #expect(!line.contains { $0 < 0x20 })
        }
    }

    @Test func `pretty obeys no escape sequence`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let field = #","k\u001b":"v\u001b[2J\u009b\u202e\n""#
        try state.append(nasty + [0x0A], to: run.standardOutput)
        try state.append(record(1, "info", #"m\u001b[31m\nnext"#, field), to: run.standardOutput)
        let text = String(decoding: printed(try state.lines(), .pretty), as: UTF8.self)
        #expect(text.split(separator: "\n").filter { !$0.hasPrefix("-- ") }.count == 2)
        let forbidden: (Unicode.Scalar) -> Bool = {
            ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || 0x7F..<0xA0 ~= $0.value || $0.value == 0x202E
        }
        #expect(!text.unicodeScalars.contains(where: forbidden))
        #expect(text.contains(#"a\u{1b}[31mred\u{1b}]0;title\u{7} \u{9b}2J \u{202e}reversed \u{0} nul"#))
        #expect(text.contains(#"m\u{1b}[31m\u{a}next"#))
    }

    @Test func `a line of 5 MB is one line; pretty cuts it and says so`() throws {
        let state = try ScratchState()
        let long = String(repeating: "é", count: 2_500_000)
        try state.run(of: "a", out: record(1, "info", "before") + record(2, "info", long) + record(3, "info", "after"))
        for tail in [nil, 2] {
            let lines = try state.lines { $0.tail = tail }
            #expect(lines.suffix(2).map(\.bytes.count).max() == 5_000_000 + record(2, "info", "").utf8.count - 1)
            #expect(lines.last?.message == "after")
        }
        let text = printed(try state.lines(), .pretty)
        #expect(text.count < 10_000)
        #expect(String(validating: text, as: UTF8.self)?.contains("--format raw shows them all") == true)
    }

    @Test func `a stream without newlines comes in pieces of 8 MiB whose bytes are all there`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a")
        let size = 2 * LogFile.longestLine + 17
        try state.append([UInt8](repeating: UInt8(ascii: "x"), count: size), to: run.standardOutput)
        let lines = try state.lines()
        #expect(lines.map(\.bytes.count) == [LogFile.longestLine, LogFile.longestLine, 17])
        #expect(lines.map(\.offset) == [0, Int64(LogFile.longestLine), 2 * Int64(LogFile.longestLine)])
        #expect(lines.map(\.isPartial) == [true, true, true])
    }
}
