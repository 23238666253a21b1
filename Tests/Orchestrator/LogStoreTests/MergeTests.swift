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
        /// Those of the entry that a line continues.
        let trace: Int
        let request: Int
        /// nil for a line that continues an entry.
        let number: Int?
        let text: String
        var description: String { "\(chain)/\(run)@\(offset)" }
    }

    /// Three instances with two streams and two runs each; records slightly out of order, stack traces between them; and where
    /// clocks jump, by hours in both directions, for one line or for good.
    private func write(_ state: ScratchState, seed: UInt64, jumps: Bool = false) throws -> [Written] {
        var random = SplitMix(state: seed)
        var written: [Written] = []
        for (number, instance) in ["a.1", "a.2", "b.1"].enumerated() {
            for run in 1...2 {
                for (index, stream) in ["out", "err"].enumerated() {
                    let chain = number * 2 + index
                    let lines = file(chain, run, instance, stream == "out" ? 1_200 : 40, jumps, &random)
                    written += lines
                    let directory = try state.run(run, of: instance)
                    let path = index == 0 ? directory.standardOutput : directory.standardError
                    try state.append(lines.map { $0.text + "\n" }.joined(), to: path)
                }
            }
        }
        return written
    }

    private func file(
        _ chain: Int, _ run: Int, _ instance: String, _ count: Int, _ jumps: Bool, _ random: inout SplitMix
    ) -> [Written] {
        var written: [Written] = []
        var offset: Int64 = 0
        var time = Int64(run) * 10_000_000 + Int64.random(in: 0...5_000, using: &random)
        var place = Int64.min
        var severity = LogLevel.info
        var (trace, request) = (-1, -1)
        for line in 0..<count {
            let isContinued = line > 0 && Int.random(in: 0...9, using: &random) == 0
            var text: String
            if isContinued {
                text = "    at frame \(line) of \(instance) trace t\(Int.random(in: 0...50, using: &random))"
            } else {
                trace = Int.random(in: 0...50, using: &random)
                request = Int.random(in: 0...20, using: &random)
                time = max(time, 0) + Int64.random(in: -40...200, using: &random)
                let isJump = jumps && Int.random(in: 0...30, using: &random) == 0
                let jump = isJump ? Int64.random(in: -9_000_000...9_000_000, using: &random) : 0
                let own = time + jump
                if Bool.random(using: &random) { time += jump }
                place = max(place, own)
                severity = LogLevel.allCases.randomElement(using: &random) ?? .info
                let pad = String(repeating: "p", count: Int.random(in: 0...120, using: &random))
                let more = #","traceId":"t\#(trace)","reqId":"r\#(request)","n":\#(line),"p":"\#(pad)""#
                text = record(Double(own) / 1000, severity.name, "m \(line)", more)
                text.removeLast()
            }
            written.append(
                Written(
                    chain: chain, run: run, offset: offset, time: time, place: place, severity: severity, trace: trace,
                    request: request, number: isContinued ? nil : line, text: text))
            offset += Int64(text.utf8.count) + 1
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

    /// One thing to ask for, and what it leaves.
    private struct Narrowing {
        let change: (inout LogQuery) -> Void
        let holds: (Written) -> Bool

        init(_ change: @escaping (inout LogQuery) -> Void, _ holds: @escaping (Written) -> Bool) {
            self.change = change
            self.holds = holds
        }
    }

    private static let base = LogTime(milliseconds: 1_750_000_000_000)

    /// Of each kind, several; two of a kind never meet in one query.
    private let narrowings: [[Narrowing]] = [
        [3, 17].map { trace in Narrowing({ $0.traceID = "t\(trace)" }, { $0.trace == trace }) },
        [0, 5, 11].map { request in Narrowing({ $0.requestID = "r\(request)" }, { $0.request == request }) },
        [LogLevel.info, .warning, .error].map { level in
            Narrowing({ $0.minimumLevel = level }, { $0.severity >= level })
        },
        [
            Narrowing({ $0.pattern = "m 7" }, { $0.number.map { "\($0)".hasPrefix("7") } ?? false }),
            Narrowing({ $0.pattern = #"m 1\d{2}\b"# }, { 100...199 ~= $0.number ?? 0 }),
            Narrowing({ $0.pattern = "^ +at frame" }, { $0.number == nil }),
            Narrowing(
                { $0.pattern = "ppp|of [ab].1 trace" },
                { line in
                    line.text.contains("ppp") || (line.number == nil && !line.text.contains("a.2"))
                }),
        ],
        [
            Narrowing({ $0.exclusion = "frame" }, { $0.number != nil }),
            Narrowing({ $0.exclusion = #""n":\d*[02468],"# }, { $0.number.map { $0 % 2 == 1 } ?? true }),
        ],
        [
            Narrowing({ $0.condition = "n >= 300 and n < 700" }, { 300..<700 ~= $0.number ?? 0 }),
            Narrowing({ $0.condition = "not (n < 600)" }, { $0.number ?? 600 >= 600 }),
            Narrowing(
                { $0.condition = "level in (error, critical) or run = 1 and stream = stderr" },
                { line in
                    line.severity >= .error || (line.run == 1 && line.chain % 2 == 1)
                }),
        ],
        [
            Narrowing({ $0.since = Self.base.advanced(by: .seconds(20_030)) }, { $0.time >= 20_030_000 }),
            Narrowing({ $0.since = Self.base.advanced(by: .seconds(10_090)) }, { $0.time >= 10_090_000 }),
        ],
        [Narrowing({ $0.until = Self.base.advanced(by: .seconds(20_060)) }, { $0.time < 20_060_000 })],
        [
            Narrowing({ $0.services = ["a"] }, { $0.chain < 4 }),
            Narrowing({ $0.services = ["b.1"] }, { $0.chain >= 4 }),
        ],
        [
            Narrowing({ $0.streams = [.stderr] }, { $0.chain % 2 == 1 }),
            Narrowing({ $0.streams = [.stdout] }, { $0.chain % 2 == 0 }),
        ],
        [Narrowing({ $0.runs = .number(1) }, { $0.run == 1 }), Narrowing({ $0.runs = .last }, { $0.run == 2 })],
    ]

    private func some(_ random: inout SplitMix) -> [Narrowing] {
        narrowings.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)).compactMap {
            $0.randomElement(using: &random)
        }
    }

    private func query(_ narrowings: [Narrowing], tail: Int?) -> (inout LogQuery) -> Void {
        { query in
            query.runs = .all
            query.tail = tail
            for narrowing in narrowings { narrowing.change(&query) }
        }
    }

    @Test func `each narrowing alone gives what filtering everything gives`() throws {
        let state = try ScratchState()
        let lines = sorted(try write(state, seed: 4))
        for (kind, all) in narrowings.enumerated() {
            for (index, narrowing) in all.enumerated() {
                let wanted = lines.filter(narrowing.holds).map(\.description)
                #expect(!wanted.isEmpty && wanted.count < lines.count, "\(kind), \(index)")
                #expect(addresses(try state.lines(query([narrowing], tail: nil))) == wanted, "\(kind), \(index)")
            }
        }
    }

    @Test func `random conjunctions and tails give what filtering everything gives`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let state = try ScratchState()
        let all = sorted(try write(state, seed: seed))
        for turn in 0..<80 {
            let asked = some(&random)
            let tail = [nil, 0, 1, 10, 300].randomElement(using: &random) ?? nil
            let wanted = all.filter { line in asked.allSatisfy { $0.holds(line) } }
            let lines = try state.lines(query(asked, tail: tail))
            let expected = wanted.suffix(tail ?? wanted.count).map(\.description)
            #expect(addresses(lines) == expected, "turn \(turn), seed \(seed)")
        }
    }

    /// Where clocks jump, what comes first is a matter of taste, but not these.
    @Test(arguments: [5, 6] as [UInt64])
    func `with clocks that jump each line comes once, files keep their order, and a query is a part of the whole`(
        _ seed: UInt64
    ) throws {
        var random = SplitMix(state: seed)
        let state = try ScratchState()
        let written = try write(state, seed: seed, jumps: true)
        let whole = addresses(try state.lines(query([], tail: nil)))
        #expect(whole.sorted() == written.map(\.description).sorted())
        let places = Dictionary(uniqueKeysWithValues: whole.enumerated().map { ($1, $0) })
        for (line, next) in zip(written, written.dropFirst()) where line.chain == next.chain && line.run == next.run {
            let isBefore = places[line.description, default: 0] < places[next.description, default: 0]
            #expect(isBefore, "\(line) and \(next)")
        }
        let timeless = narrowings.indices.filter { $0 != 6 && $0 != 7 }
        for turn in 0..<30 {
            let asked = timeless.shuffled(using: &random).prefix(2).compactMap {
                narrowings[$0].randomElement(using: &random)
            }
            let wanted = Set(written.filter { line in asked.allSatisfy { $0.holds(line) } }.map(\.description))
            let found = addresses(try state.lines(query(asked, tail: nil)))
            #expect(Set(found) == wanted && found.count == wanted.count, "turn \(turn)")
            // Of one file's lines a query changes no order; between files it may, as other lines stand between them.
            for (line, next) in zip(found, found.dropFirst()) where line.prefix(3) == next.prefix(3) {
                #expect(places[line, default: 0] < places[next, default: 0], "turn \(turn)")
            }
            for tail in [0, 1, 50] {
                let last = addresses(try state.lines(query(asked, tail: tail)))
                #expect(last.count == min(tail, found.count))
                #expect(Set(last).isSubset(of: wanted))
            }
        }
    }
}
