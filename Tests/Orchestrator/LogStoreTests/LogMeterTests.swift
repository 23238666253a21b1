import StateDirectory
import Testing

@testable import LogStore

/// What `status` and `/metrics` tell of logs.
@Suite struct LogMeterTests {
    private let state: ScratchState
    private let web = InstanceID(service: "web", replica: 1)
    /// The minute in which `record(0)` is.
    private let minute = LogMeter.Minute.number(ofMilliseconds: 1_750_000_000_000)

    init() throws { state = try ScratchState() }

    /// Makes a run that began before everything that it says.
    private func run(_ number: Int = 1, of instance: String, out: String, err: String? = nil) throws -> RunDirectory {
        try state.run(number, of: instance, out: out, err: err, birth: LogTime(seconds: 1_749_999_000))
    }

    private func index(_ runs: RunDirectory...) throws {
        let indexer = RunIndexer(try IndexWriter(state.layout), now: { LogTime(seconds: 1_750_000_300) })
        var rest = Set(runs)
        while !rest.isEmpty { rest = try indexer.look(at: rest) }
    }

    private func read(from minute: Int64 = 0) throws -> LogMeter {
        try LogMeter.read(state.layout, fromMinute: minute)
    }

    @Test func `lines, bytes and errors are told by instance and minute`() throws {
        let first = record(0) + record(1, "error") + record(2, "critical")
        let second = record(60, "warn") + record(61, "error")
        let other = "no time and no level\n"
        try index(try run(of: "web", out: first + second, err: other), try run(of: "db", out: record(0)))
        let meter = try read()
        let reading = try #require(meter[web])
        #expect(reading.total == LogCounts(lines: 6, bytes: bytes(first + second + other), errors: 3))
        #expect(reading.counts(inMinute: minute) == LogCounts(lines: 3, bytes: bytes(first), errors: 2))
        #expect(reading.counts(inMinute: minute + 1) == LogCounts(lines: 2, bytes: bytes(second), errors: 1))
        #expect(reading.counts(inMinute: minute + 2) == LogCounts())
        #expect(reading.minutes.map(\.number) == reading.minutes.map(\.number).sorted())
        #expect(meter[InstanceID(service: "db", replica: 1)]?.total.lines == 1)
    }

    @Test func `minutes before the one asked for are left out, and totals are not`() throws {
        try index(try run(of: "web", out: record(0) + record(60) + record(120)))
        let reading = try #require(try read(from: minute + 1)[web])
        #expect(reading.minutes.map(\.number) == [minute + 1, minute + 2])
        #expect(reading.total.lines == 3)
        #expect(try read(from: minute + 9)[web] == LogMeter.Reading(total: reading.total))
    }

    @Test func `the runs of an instance are counted together`() throws {
        let first = try run(1, of: "web", out: record(0) + record(1, "error"))
        try state.end(first)
        try index(first)
        try index(try run(2, of: "web", out: record(2)))
        let reading = try #require(try read()[web])
        #expect(reading.minutes == [LogMeter.Minute(minute, reading.total)])
        #expect(reading.total == LogCounts(lines: 3, bytes: reading.total.bytes, errors: 1))
    }

    @Test func `an instance that the index does not name has written nothing`() throws {
        try index(try run(of: "db", out: record(0)))
        #expect(try read()[web] == LogMeter.Reading())
    }

    @Test func `without an index nothing is known`() throws {
        #expect(try read()[web] == nil)
        try state.append("", to: state.layout.logIndex)
        #expect(try read()[web] == nil)
    }

    @Test func `a file that is no index is an error`() throws {
        try state.append(String(repeating: "no database ", count: 1_000), to: state.layout.logIndex)
        #expect {
            _ = try read()
        } throws: { error in
            if case .index = error as? LogError { true } else { false }
        }
    }

    private func bytes(_ text: String) -> Int64 { Int64(text.utf8.count) }

    private func record(_ second: Double, _ level: String = "info") -> String {
        LogStoreTests.record(second, level, "m")
    }
}
