import LogStore
import ProcessTable
import StateDirectory
import Testing

@testable import msctl

@Suite struct OutputTests {
    @Test func `columns are aligned and no line ends in blanks`() {
        var table = Table([.left("NAME"), .right("PORT"), .left("REASON")])
        table.add(["a", "3000", ""])
        table.add(["order-service.1", "80", "exit code 1"])
        #expect(
            table.rendered(.plain) == """
                NAME             PORT  REASON
                a                3000
                order-service.1    80  exit code 1
                """)
    }

    @Test func `a narrow terminal cuts lines and wraps none`() {
        var table = Table([.left("NAME"), .right("PORT"), .left("REASON")])
        table.add(["order-service.1", "80", "exit code 1"])
        #expect(
            table.rendered(.plain, width: 25) == """
                NAME             PORT  R…
                order-service.1    80  e…
                """)
        #expect(table.rendered(.plain, width: 7) == "NAME\norder-…")
        #expect(table.rendered(.plain, width: 400) == table.rendered(.plain))
    }

    @Test func `what instances use is told of the last second, not of their lives`() {
        var status = InstanceStatus(instance: instance("a"), state: .running, since: 0)
        status.pid = 7
        let report: (Double) -> StatusReport = { seconds in
            let usage = ProcessUsage(cpuCores: 0.01, cpuSeconds: seconds, residentBytes: 1)
            return StatusReport(project: "p", daemon: .absent, rows: [.init(status: status, usage: usage)])
        }
        var rates = UsageRates()
        let start = ContinuousClock.now
        let cores = [(0, 10.0), (500, 10.4), (1000, 10.5), (1200, 10.9), (2000, 10.5)].map { milliseconds, seconds in
            rates.applied(to: report(seconds), now: start + .milliseconds(milliseconds)).rows[0].usage?.cpuCores
        }
        #expect(cores == [0.01, 0.01, 0.5, 0.5, 0])
    }

    @Test func `colour changes no width and foreign control bytes do not get through`() {
        var table = Table([.left("A"), .left("B")])
        table.add([Table.Cell("x\u{1B}[31m\n") { $0.green($1) }, "y"])
        let line = table.rendered(Style(isEnabled: true)).split(separator: "\n")[1]
        #expect(line == "\u{1B}[32mx\\u{1b}[31m \u{1B}[0m  y")
    }

    /// Controls of C0 and C1, DEL, marks and overrides of direction, separators.
    private static let hostile = "a\u{1B}[2J\u{9B}31m\u{7F}\u{202E}\u{61C}\u{2066}\u{200F}\u{2028}\u{85}z"

    @Test func `what services say cannot write to the terminal, wherever it is shown`() {
        let shown = #"a\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{61c}\u{2066}\u{200f}\u{2028}\u{85}z"#
        #expect(Table.Cell(Self.hostile + "\r\n\tx").text == shown + "   x")
        var status = InstanceStatus(instance: instance("a"), state: .failed, since: 0)
        status.reason = Self.hostile
        status.probe = ProbeReport(time: 0, outcome: .failed, latencyMilliseconds: 1, detail: Self.hostile)
        #expect(status.why == shown)
        #expect(
            FailureBlock.lines(status, said: []) == ["a.1  failed: \(shown)", "  last probe: \(shown) (1.0 ms)"])
        #expect(UpProgress([], console: console).text(status) == "failed: \(shown)")
        let failure = CommandFailure.failed("\(Self.hostile)\nb", hint: Self.hostile, details: [Self.hostile])
        #expect(
            FailureReport(failure).rendered(as: .table, style: .plain)
                == "msctl: \(shown)\nb\n  \(shown)\n  → \(shown)")
        let rollout = Rollout(
            service: "a", phase: .failed(Self.hostile), surge: instance("a"), remaining: [])
        #expect(rollout.words(of: 1) == "not replaced: \(shown)")
    }

    private var console: Console { Console(isQuiet: true, noColor: true, environment: [:]) }

    @Test func `a record leaves out what is not there`() {
        let record = Record([("id", "1"), ("bio", nil), ("note", ""), ("first name", "Ada")])
        #expect(record.rendered(.plain) == "id          1\nfirst name  Ada")
    }

    @Test func `status as a table`() {
        #expect(
            StatusTable.rendered(report, now: 1_000_000, style: .plain) == """
                NAME     STATE    HEALTH    SINCE  RESTARTS   PID  PORT  CPU  MEMORY  LINES/MIN  ERRORS/MIN  REASON
                a.1      running  healthy  1m 40s            4711  3001                    1200           3
                gamma.1  backoff              10s         2                                                  ended by signal 9 (SIGKILL)
                """)
    }

    @Test func `a terminal without room for all columns is not given those of logs, the empty one first`() {
        let rows: (Int, Int64) -> [String] = { room, errors in
            var report = report
            report.rows[0].logs?.minutes = [.init(15, LogCounts(lines: 1200, bytes: 1, errors: errors))]
            return StatusTable.rendered(report, now: 1_000_000, style: .plain, room: room)
                .split(separator: "\n").map(String.init)
        }
        #expect(rows(117, 3)[0].contains("LINES/MIN  ERRORS/MIN"))
        #expect(rows(116, 3)[0].hasSuffix("MEMORY  ERRORS/MIN  REASON"))
        #expect(rows(116, 0)[0].hasSuffix("MEMORY  LINES/MIN  REASON"))
        #expect(rows(104, 0)[0].hasSuffix("MEMORY  REASON"))
        #expect(rows(20, 3)[0].hasSuffix("MEMORY  REASON"))
        // The reason is told whole: where lines are cut is another question.
        #expect(rows(20, 3)[2].hasSuffix("ended by signal 9 (SIGKILL)"))
    }

    @Test func `what is written in a minute is told of the last whole one, or of the first`() {
        let reading = LogMeter.Reading(
            minutes: [
                .init(15, LogCounts(lines: 2, bytes: 2, errors: 0)),
                .init(16, LogCounts(lines: 7, bytes: 9, errors: 1)),
            ])
        let lines: (InstanceState, Int64) -> Int64 = { state, since in
            InstanceStatus(instance: instance("a"), state: state, since: since)
                .writtenPerMinute(reading, now: 1_000_000).lines
        }
        #expect(lines(.running, 900_000) == 2)
        #expect(lines(.running, 960_000) == 7)
        #expect(lines(.starting, 999_000) == 7)
        #expect(lines(.backoff, 999_000) == 2)
    }

    @Test func `status as JSON has every member, null where nothing is known`() {
        let document = JSONOutput.line(StatusDocument(report))
        #expect(
            document
                == #"{"daemon":{"pid":7,"since":"1970-01-01T00:00:01.000Z"},"disk":null,"project":"shop","schema":"msctl.status/1","services":["#
                + #"{"cpu":null,"exit":null,"health":"healthy","instance":"a.1","logs":{"bytes":99000,"errors":4,"lines":1500,"minutes":[{"bytes":80000,"errors":3,"lines":1200,"minute":"1970-01-01T00:15:00Z"},{"bytes":70,"errors":0,"lines":1,"minute":"1970-01-01T00:16:00Z"}]},"memory":null,"pid":4711,"port":3001,"probes":[{"body":null,"detail":"TCP port 3001: accepted","kind":"readiness","latencyMilliseconds":0.25,"outcome":"passed","time":"1970-01-01T00:16:39.000Z"}],"reason":null,"restarts":0,"run":3,"service":"a","since":"1970-01-01T00:15:00.000Z","state":"running"},"#
                + #"{"cpu":null,"exit":{"signal":9},"health":"none","instance":"gamma.1","logs":null,"memory":null,"pid":null,"port":null,"probes":[],"reason":null,"restarts":2,"run":5,"service":"gamma","since":"1970-01-01T00:16:30.000Z","state":"backoff"}]}"#
        )
    }

    @Test(arguments: [
        (Duration.microseconds(840), "0.8 ms"), (.milliseconds(84), "84 ms"), (.milliseconds(2310), "2.31 s"),
        (.seconds(192), "3m 12s"),
    ])
    func `how long something took`(duration: Duration, text: String) {
        #expect(TimeText.elapsed(duration) == text)
    }

    @Test(arguments: [(12, "12s"), (192, "3m 12s"), (18_120, "5h 2m"), (356_400, "4d 3h"), (-5, "0s")])
    func `how long ago something was`(seconds: Int, text: String) {
        #expect(TimeText.coarse(.seconds(seconds)) == text)
    }

    @Test(arguments: [(812_000 as UInt64, "812 KB"), (41_240_000, "41.2 MB"), (1_300_000_000, "1.30 GB")])
    func `how much memory`(bytes: UInt64, text: String) {
        #expect(StatusTable.bytes(bytes) == text)
    }

    private var report: StatusReport {
        var running = InstanceStatus(instance: InstanceID(service: "a", replica: 1), state: .running, since: 900_000)
        running.run = 3
        running.health = .healthy
        running.pid = 4711
        running.port = 3001
        var dead = InstanceStatus(instance: InstanceID(service: "gamma", replica: 1), state: .backoff, since: 990_000)
        dead.run = 5
        dead.restarts = 2
        dead.exit = .signal(9)
        let logs = LogMeter.Reading(
            total: LogCounts(lines: 1_500, bytes: 99_000, errors: 4),
            minutes: [
                .init(15, LogCounts(lines: 1_200, bytes: 80_000, errors: 3)),
                .init(16, LogCounts(lines: 1, bytes: 70, errors: 0)),
            ])
        return StatusReport(
            project: "shop", daemon: .running(pid: 7, since: 1000),
            rows: [.init(status: running, logs: logs), .init(status: dead)],
            probes: [
                running.instance: [
                    ProbeReport(
                        time: 999_000, outcome: .passed, latencyMilliseconds: 0.25, detail: "TCP port 3001: accepted")
                ]
            ])
    }
}
