import StateDirectory
import Testing

@testable import LogStore

/// The reader against the plainest possible way to do its work: read everything, sort it, filter it, cut it.
@Suite struct MergeTests {
    /// One line as the test wrote it.
    private struct Written: Equatable, CustomStringConvertible {
        let chain: Int
        let run: Int
        let offset: Int64
        let time: Int64
        var place: Int64
        let severity: LogLevel
        let trace: Int
        let text: String
        var description: String { "\(chain)/\(run)@\(offset)" }
    }

    /// Three instances with two streams and two runs each; records slightly out of order, stack traces between them.
    private func write(_ state: ScratchState, seed: UInt64) throws -> [Written] {
        var random = SplitMix(state: seed)
        var written: [Written] = []
        for (number, instance) in ["a.1", "a.2", "b.1"].enumerated() {
            for run in 1...2 {
                for (index, stream) in ["out", "err"].enumerated() {
                    var text = ""
                    var time = Int64(run) * 10_000_000 + Int64.random(in: 0...5_000, using: &random)
                    var place = Int64.min
                    var severity = LogLevel.info
                    var traceOfEntry = -1
                    let count = stream == "out" ? 1_200 : 40
                    for line in 0..<count {
                        let offset = Int64(text.utf8.count)
                        let trace = Int.random(in: 0...50, using: &random)
                        if line > 0, Int.random(in: 0...9, using: &random) == 0 {
                            text += "    at frame \(line) of \(instance) trace \(trace)\n"
                            written.append(
                                Written(
                                    chain: number * 2 + index, run: run, offset: offset, time: time, place: place,
                                    severity: severity, trace: traceOfEntry, text: String(text.utf8.suffix(10)) ?? ""))
                            continue
                        }
                        traceOfEntry = trace
                        time = max(time, 0) + Int64.random(in: -40...200, using: &random)
                        place = max(place, time)
                        severity = LogLevel.allCases.randomElement(using: &random) ?? .info
                        let pad = String(repeating: "p", count: Int.random(in: 0...120, using: &random))
                        text += record(
                            Double(time) / 1000, severity.name, "m \(line)", #","traceId":"t\#(trace)","p":"\#(pad)""#)
                        written.append(
                            Written(
                                chain: number * 2 + index, run: run, offset: offset, time: time, place: place,
                                severity: severity, trace: trace, text: ""))
                    }
                    let directory = try state.run(run, of: instance)
                    try state.append(text, to: index == 0 ? directory.standardOutput : directory.standardError)
                }
            }
        }
        return written
    }

    private func sorted(_ written: [Written]) -> [Written] {
        written.enumerated().sorted {
            ($0.element.place, $0.element.chain, $0.offset) < ($1.element.place, $1.element.chain, $1.offset)
        }
        .map(\.element)
    }

    private func addresses(_ lines: [LogLine]) -> [String] {
        lines.map { line in
            let instance = ["a.1": 0, "a.2": 2, "b.1": 4][line.instance.description] ?? -1
            return "\(instance + (line.stream == .stdout ? 0 : 1))/\(line.run)@\(line.offset)"
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `every query gives what sorting and filtering everything gives`(_ seed: UInt64) throws {
        let state = try ScratchState()
        let all = sorted(try write(state, seed: seed))
        func expect(_ wanted: [Written], _ query: (inout LogQuery) -> Void, line: Int = #line) throws {
            let location = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
            for tail in [nil, 0, 1, 7, 100, 2_500] {
                let lines = try state.lines {
                    query(&$0)
                    $0.tail = tail
                }
                let expected = tail.map { wanted.suffix($0) } ?? wanted[...]
                #expect(addresses(lines) == expected.map(\.description), sourceLocation: location)
            }
        }
        let base = LogTime(milliseconds: 1_750_000_000_000)
        try expect(all) { $0.runs = .all }
        try expect(all.filter { $0.run == 2 }) { _ in }
        try expect(all.filter { $0.run == 1 }) { $0.runs = .number(1) }
        try expect(all.filter { $0.chain < 4 && $0.run == 2 }) { $0.services = ["a"] }
        try expect(all.filter { 2...3 ~= $0.chain && $0.run == 2 }) { $0.services = ["a.2"] }
        try expect(all.filter { $0.chain % 2 == 1 && $0.run == 2 }) { $0.streams = [.stderr] }
        try expect(all.filter { $0.severity >= .warning }) {
            $0.runs = .all
            $0.minimumLevel = .warning
        }
        try expect(all.filter { $0.trace == 17 }) {
            $0.runs = .all
            $0.traceID = "t17"
        }
        try expect(all.filter { $0.run == 2 && $0.time >= 20_030_000 && $0.time < 20_060_000 }) {
            $0.since = base.advanced(by: .seconds(20_030))
            $0.until = base.advanced(by: .seconds(20_060))
        }
    }

    @Test func `plain text and a regular expression find the same lines`() throws {
        let state = try ScratchState()
        _ = try write(state, seed: 9)
        let plain = try state.lines { $0.pattern = "m 77" }
        let regex = try state.lines { $0.pattern = "m 7{2}" }
        #expect(!plain.isEmpty)
        #expect(addresses(plain) == addresses(regex))
    }

    @Test func `one line from the future holds nothing up and one from the past changes nothing`() throws {
        let state = try ScratchState()
        try state.run(of: "a", out: record(1, "info", "a1") + record(5e9, "info", "future") + record(3, "info", "a3"))
        try state.run(of: "b", out: record(2, "info", "b2") + record(-9e8, "info", "past") + record(4, "info", "b4"))
        #expect(try state.lines().map(\.message) == ["a1", "future", "b2", "past", "a3", "b4"])
    }

    @Test func `a clock that is set back starts again from there`() throws {
        let state = try ScratchState()
        let back = [1000, 1001, 1, 2].map { record($0, "info", "a\(Int($0))") }.joined()
        try state.run(of: "a", out: back)
        try state.run(of: "b", out: record(1.5, "info", "b1.5") + record(1002, "info", "b1002"))
        #expect(try state.lines().map(\.message) == ["b1.5", "a1000", "a1001", "a1", "a2", "b1002"])
    }
}
