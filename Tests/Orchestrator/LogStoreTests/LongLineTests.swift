import StateDirectory
import SystemPackage
import Testing

@testable import LogStore

/// Lines of many megabytes, which come in pieces.
@Suite(.timeLimit(.minutes(5))) struct LongLineTests {
    private func addresses(_ lines: [LogLine]) -> [String] {
        lines.map { "\($0.offset) \($0.bytes.count) \($0.isPartial)" }
    }

    @Test(arguments: ["", "the end without a newline"])
    func `read from the end a file has the pieces that it has from the beginning`(_ end: String) throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: record(1, "info", "first"))
        let piece = LogFile.longestLine
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 2 * piece + 17)
        for count in [2 * piece + 17, 100, 2 * piece, piece, piece + 1, 2 * piece + 1] {
            try state.append(long.prefix(count) + [0x0A], to: run.standardOutput)
        }
        try state.append(record(2, "info", "a short one"), to: run.standardOutput)
        try state.append(long + Array(end.utf8), to: run.standardOutput)
        let all = addresses(try state.lines())
        #expect(all.count == 1 + 3 + 1 + 2 + 1 + 2 + 3 + 1 + 3)
        for tail in [1, 5, 100] {
            let found = addresses(try state.lines { $0.tail = tail })
            #expect(found == Array(all.suffix(tail)))
        }
    }

    @Test func `the last lines of a gigabyte without a newline are its last pieces, and no more is in memory`() throws {
        let state = try ScratchState()
        let run = try state.run(of: "a", out: "x")
        let size: Int64 = 1 << 30
        let file = try FileDescriptor.open(run.standardOutput, .writeOnly)
        try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: size, Array("the end".utf8)) }
        let piece = Int64(LogFile.longestLine)
        for lines in [try state.lines { $0.tail = 3 }, try LogTail.last(3, of: run)] {
            #expect(lines.map(\.offset) == [size - 2 * piece, size - piece, size])
            #expect(lines.map(\.bytes.count) == [Int(piece), Int(piece), 7])
            // A line's place in the block that it keeps in memory.
            #expect(lines.allSatisfy { $0.bytes.endIndex <= 2 * Int(piece) })
        }
    }
}
