import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// `msctl logs` and `msctl trace` over files as services leave them, with no daemon and no index: each narrowing alone and with
/// each other, against lines that are filtered here.
@Suite(.timeLimit(.minutes(5))) struct LogFilesTests {
    /// One line as it was written.
    private struct Line {
        let instance: String
        let run: Int
        let stream: String
        /// Milliseconds since 1970; no two lines have the same.
        let time: Int
        let level: Int
        let message: String
        let trace: String
        let request: String
        let status: Int
        var offset = 0
        var text = ""

        var service: Substring { instance.prefix { $0 != "." } }
        var address: String { "\(instance)/\(run)/\(stream):\(offset)" }
    }

    /// Something that narrows, as arguments and as what it leaves.
    private struct Narrowing {
        let arguments: [String]
        var holds: (Line) -> Bool = { _ in true }
        /// nil: each instance's last.
        var run: Int?
        var tail: Int?
    }

    private static let levels = ["trace", "debug", "info", "notice", "warn", "error", "fatal"]
    private static let names = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
    private static let instances = ["web.1", "web.2", "db.1"]

    private let project: ProjectUnderTest
    private let lines: [Line]
    private let now: Int

    init() throws {
        project = try ProjectUnderTest([
            "a.yaml": "services:\n  web: { command: [\"true\"], replicas: 2 }\n  db: { command: [\"true\"] }\n"
        ])
        now = Int(Date().timeIntervalSince1970 * 1_000)
        var random = SplitMix(seed: 20_260_131)
        var texts: [String: String] = [:]
        var lines: [Line] = []
        for index in 0..<240 {
            // From an hour to twenty minutes ago; nothing between 45 and 35 minutes ago.
            let ago = index < 120 ? 3_600_000 - index * 7_000 : 2_100_000 - (index - 120) * 7_000
            // The first run of each but one ends before the second begins.
            let instance = Self.instances.randomElement(using: &random) ?? ""
            let run = index < 120 && instance != "web.2" ? 1 : 2
            var line = Line(
                instance: instance, run: run, stream: Int.random(in: 0...3, using: &random) == 0 ? "stderr" : "stdout",
                time: now - ago, level: .random(in: 0...6, using: &random),
                message: ["order placed", "slow query", "größe 42", "cache miss"].randomElement(using: &random) ?? "",
                trace: "t\(Int.random(in: 0...5, using: &random))",
                request: "r\(Int.random(in: 0...8, using: &random))",
                status: [200, 404, 500, 503].randomElement(using: &random) ?? 0)
            line.text =
                #"{"timestamp":"\#(Self.rfc3339(line.time))","level":"\#(Self.levels[line.level])","message":"\#(line.message)","#
                + #""traceId":"\#(line.trace)","requestId":"\#(line.request)","http":{"status":\#(line.status)}}"#
            let file = "\(instance)/\(run)/\(line.stream == "stdout" ? "out" : "err").log"
            line.offset = texts[file, default: ""].utf8.count
            texts[file, default: ""] += line.text + "\n"
            lines.append(line)
        }
        for (file, text) in texts { try project.file(".msctl/runs/\(file)", text) }
        self.lines = lines
    }

    private static func rfc3339(_ milliseconds: Int) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private var narrowings: [Narrowing] {
        let (early, late) = (now - 3_000_000, now - 1_500_000)
        return [
            Narrowing(arguments: []),
            Narrowing(arguments: ["web"]) { $0.service == "web" },
            Narrowing(arguments: ["web.1", "db"]) { $0.instance != "web.2" },
            Narrowing(arguments: ["--since", Self.rfc3339(early)]) { $0.time >= early },
            Narrowing(arguments: ["--until", Self.rfc3339(late)]) { $0.time < late },
            Narrowing(arguments: ["--since", "40m"]) { [now] in $0.time >= now - 2_400_000 },
            Narrowing(arguments: ["--until", "0h40m"]) { [now] in $0.time < now - 2_400_000 },
            Narrowing(arguments: ["--level", "warn"]) { $0.level >= 4 },
            Narrowing(arguments: ["--grep", "slow"]) { $0.message.contains("slow") },
            Narrowing(arguments: ["--grep", #"gr.ße \d+|(?i)CACHE"#]) {
                $0.message.contains("größe") || $0.message.contains("cache")
            },
            Narrowing(arguments: ["-v", "order p.aced"]) { $0.message != "order placed" },
            Narrowing(arguments: ["--where", "http.status >= 500 or message ~ '^cache'"]) {
                $0.status >= 500 || $0.message.hasPrefix("cache")
            },
            Narrowing(arguments: ["--trace", "t3"]) { $0.trace == "t3" },
            Narrowing(arguments: ["--request-id", "r7"]) { $0.request == "r7" },
            Narrowing(arguments: ["--run", "1"], run: 1),
            Narrowing(arguments: ["--run", "all"], run: 0),
            Narrowing(arguments: ["--stream", "stderr"]) { $0.stream == "stderr" },
            Narrowing(arguments: ["--tail", "5"], tail: 5),
        ]
    }

    private func wanted(_ narrowings: [Narrowing]) -> [String] {
        let run = narrowings.lazy.compactMap(\.run).first
        let last = ["web.1": 2, "web.2": 2, "db.1": 2]
        let all = lines.filter { line in
            (run == 0 || line.run == (run ?? last[line.instance])) && narrowings.allSatisfy { $0.holds(line) }
        }
        return all.suffix(narrowings.lazy.compactMap(\.tail).first ?? all.count).map(\.address)
    }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func addresses(_ output: String) throws -> [String] {
        try objects(output).map { object in
            "\(object["instance"] ?? "")/\(object["run"] ?? "")/\(object["stream"] ?? ""):\(object["offset"] ?? "")"
        }
    }

    @Test func `each narrowing alone and each two together leave what they should, in the order of time`() async throws
    {
        let all = narrowings
        var found = 0
        for (index, first) in all.enumerated() {
            for second in all[(index + 1)...] + [Narrowing(arguments: [])] {
                // Services add up, and of the others the second one would win.
                let options = [first, second].map { $0.arguments.first ?? "" }
                if options.allSatisfy({ !$0.hasPrefix("-") && !$0.isEmpty }) || options[0] == options[1] { continue }
                let arguments = ["logs", "--format", "json"] + first.arguments + second.arguments
                let result = try await project.start(arguments).result()
                #expect(result.code == 0, "\(arguments): \(result)")
                let wanted = wanted([first, second])
                #expect(try addresses(result.output) == wanted, "\(arguments)")
                found += wanted.count
            }
        }
        #expect(found > 2_000)
    }

    @Test func `a line as JSON has the documented members, and the values that were written`() async throws {
        let instance = ".msctl/runs/db.1/2"
        try project.file(
            "\(instance)/err.log", "2026-01-31 12:00:00.5 UTC [1] ERROR:  no\u{1B}[31m such \"table\"\n{\"a\":")
        let result = try await project.expect(0, "logs", "--format", "json")
        let documented = try Self.members("msctl.log/1")
        for object in try objects(result.output) {
            #expect(Set(object.keys).isSubset(of: documented), "\(object.keys)")
            let always = documented.subtracting(["traceId", "requestId", "partial", "fields", "raw"])
            #expect(Set(object.keys).isSuperset(of: always), "\(object.keys)")
            #expect((object["fields"] == nil) != (object["raw"] == nil))
        }
        let written = Dictionary(uniqueKeysWithValues: lines.map { ($0.address, $0) })
        for (object, address) in zip(try objects(result.output), try addresses(result.output)) {
            guard let line = written[address], line.stream == "stdout" || line.instance != "db.1" else { continue }
            #expect(object["schema"] as? String == "msctl.log/1")
            #expect(object["time"] as? String == Self.rfc3339(line.time))
            #expect(object["service"] as? String == String(line.service))
            #expect(object["level"] as? String == Self.names[line.level])
            #expect(object["message"] as? String == line.message)
            #expect(object["traceId"] as? String == line.trace)
            #expect(object["requestId"] as? String == line.request)
            let fields = try #require(object["fields"] as? [String: Any])
            #expect((fields["http"] as? [String: Int]) == ["status": line.status])
        }
        let text = try objects(result.output).filter { $0["raw"] != nil }
        #expect(text.count == 2)
        #expect(text[0]["time"] as? String == "2026-01-31T12:00:00.500Z")
        #expect(text[0]["level"] as? String == "error")
        #expect(text[0]["raw"] as? String == "2026-01-31 12:00:00.5 UTC [1] ERROR:  no\u{1B}[31m such \"table\"")
        #expect(text[0]["partial"] == nil)
        #expect(text[1]["raw"] as? String == "{\"a\":")
        #expect(text[1]["partial"] as? Bool == true)
    }

    /// The names in the first column of a section of docs/logs.md.
    private static func members(_ section: String) throws -> Set<String> {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let document = try String(contentsOf: root.appending(path: "docs/logs.md"), encoding: .utf8)
        let lines = document.components(separatedBy: "\n").drop { $0 != "## `\(section)`" }.drop {
            !$0.hasPrefix("|---")
        }
        let cells = lines.dropFirst().prefix { $0.hasPrefix("|") }.map { $0.dropFirst().prefix { $0 != "|" } }
        let names = cells.flatMap { $0.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element) }
        return Set(
            names.flatMap { $0.split(separator: ".").map { String($0).replacingOccurrences(of: "[]", with: "") } })
    }

    @Test func `raw is what was written, and pretty is a line for each`() async throws {
        let line = try #require(lines.last { $0.instance == "web.2" && $0.stream == "stdout" })
        let arguments = ["web.2", "--stream", "stdout", "--tail", "1"]
        let raw = try await project.start(["logs", "--format", "raw"] + arguments).result()
        #expect(raw.output == line.text + "\n")
        let pretty = try await project.start(["logs"] + arguments).result()
        let shown = try #require(pretty.output.split(separator: "\n").last)
        #expect(shown.contains(" web.2 ") && shown.contains(" \(line.message) traceId=\(line.trace) "), "\(pretty)")
        #expect(!pretty.output.contains("\u{1B}"))
    }

    @Test func `a mistake in a condition is shown at its place`() async throws {
        let result = try await project.expect(64, "logs", "--where", "status >= 500 and (level > loud)")
        let lines = result.errors.split(separator: "\n").map(String.init)
        let picture = try #require(lines.firstIndex { $0.hasSuffix("status >= 500 and (level > loud)") })
        #expect(lines[picture + 1].firstIndex(of: "^") == lines[picture].range(of: "loud")?.lowerBound)
        #expect(lines[0].contains("'loud' is no level"))
        let pattern = try await project.expect(64, "logs", "--grep", "größe(")
        let shown = pattern.errors.split(separator: "\n").map(String.init)
        #expect(shown[0].contains("'größe(' is no regular expression: missing closing parenthesis"), "\(pattern)")
        #expect(shown.suffix(2).first == "  größe(")
        #expect(shown.last == "        ^")
    }

    @Test func `a pattern without end is given up, with the line's address`() async throws {
        try project.file(".msctl/runs/web.2/2/err.log", "x\n" + String(repeating: "a", count: 10_000) + "!\n")
        let begin = ContinuousClock.now
        let result = try await project.expect(1, "logs", "web.2", "--stream", "stderr", "--grep", "^(a+)+$")
        #expect(result.errors.contains("web.2/2/stderr:2"), "\(result)")
        #expect(ContinuousClock.now - begin < .seconds(5))
    }

    @Test func `a trace as a chart and as JSON holds its lines of all runs`() async throws {
        let own = lines.filter { $0.trace == "t3" }
        let chart = try await project.expect(0, "trace", "t3")
        let instances = Set(own.map(\.instance))
        #expect(chart.output.hasPrefix("t3  \(instances.count) spans in 2 services, \(own.count) lines, "), "\(chart)")
        #expect(chart.output.contains("without a line, behind "))
        for line in own { #expect(chart.output.contains(line.message)) }
        let json = try await project.expect(0, "trace", "t3", "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "msctl.trace/1")
        #expect(object["id"] as? String == "t3")
        #expect(object["traceIds"] as? [String] == ["t3"])
        #expect(object["start"] as? String == own.first.map { Self.rfc3339($0.time) })
        let written = try #require(object["lines"] as? [[String: Any]])
        #expect(written.compactMap { $0["message"] as? String } == own.map(\.message))
        #expect(written.compactMap { $0["offset"] as? Int } == own.map(\.offset))
        for (line, object) in zip(own, written) {
            #expect(abs((object["timeMs"] as? Double ?? -1) - Double(line.time - own[0].time)) <= 1)
        }
        let spans = try #require(object["spans"] as? [[String: Any]])
        #expect(spans.count == instances.count)
        let documented = try Self.members("msctl.trace/1")
        let parts = [object] + spans + written + (object["gaps"] as? [[String: Any]] ?? [])
        #expect(Set(parts.flatMap(\.keys)).subtracting(documented) == [])
        _ = try await project.expect(1, "trace", "t99")
    }

    @Test func `times without a zone are those of the reader's clock, which pretty lines show`() async throws {
        // Five and a half hours before UTC, without a database of zones.
        var environment = project.environment
        environment["TZ"] = "XYZ5:30"
        func logs(_ arguments: String...) async throws -> String {
            let result = try await RunningCommand.run(
                BuiltProducts.path("msctl").string, ["logs"] + arguments, directory: project.path,
                environment: environment)
            #expect(result.code == 0, "\(result)")
            return result.output
        }
        let wall = lines.map { String(Self.rfc3339($0.time - 19_800_000).dropLast()) }
        let middle = 150
        let since = try await logs("--run", "all", "--format", "json", "--since", wall[middle])
        #expect(try addresses(since) == lines[middle...].map(\.address))
        let until = try await logs(
            "--run", "all", "--format", "json", "--until", wall[middle].replacing("T", with: " "))
        #expect(try addresses(until) == lines[..<middle].map(\.address))
        let asked = try await logs("--run", "all", "--format", "json", "--where", "time >= '\(wall[middle])'")
        #expect(try addresses(asked) == lines[middle...].map(\.address))
        let shown = try await logs("--run", "all").split(separator: "\n").filter { !$0.hasPrefix("-- ") }
        #expect(shown.map { String($0.prefix(12)) } == wall.map { String($0.suffix(12)) })
    }

    @Test func `a terminal has colours for levels and services, and --no-color has none`() async throws {
        let coloured = try project.startOnTerminal("msctl logs --run all")
        #expect(await coloured.end() == 0)
        let text = coloured.printed
        #expect(text.contains("\u{1B}[31mERROR\u{1B}[0m") && text.contains("\u{1B}[33mWARN\u{1B}[0m"))
        let names = try text.split(whereSeparator: \.isNewline).compactMap { line in
            try #/\u{1B}\[(\d+)m(web|db)\.\d\u{1B}\[0m/#.firstMatch(in: line).map { "\($0.2) \($0.1)" }
        }
        #expect(names.count == lines.count && Set(names).count == 2)
        let plain = try project.startOnTerminal("msctl logs --run all --no-color")
        #expect(await plain.end() == 0)
        #expect(!plain.printed.contains("\u{1B}["))
    }
}
