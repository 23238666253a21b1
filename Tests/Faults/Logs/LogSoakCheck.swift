import CLinux
import Foundation
import GRDB
import StateDirectory
import SystemPackage
import TestSupport

/// Holds what was read against the files, and the files against what the services say they wrote.
final class LogSoakCheck {
    private let project: ProjectUnderTest
    private var layout: StateLayout { project.layout }
    private var bytes = 0
    private var lines = 0
    private var blocks = 0

    init(_ project: ProjectUnderTest) { self.project = project }

    private var runs: [RunDirectory] { layout.instances.flatMap { layout.allRuns(of: $0) } }

    var summary: String { "\(runs.count) runs, \(lines) lines, \(bytes) bytes, \(blocks) blocks" }

    /// What each run wrote on its stdout, once ``files()`` has read it.
    private var written: [String: LogBytes] = [:]

    /// Counts and hashes equal the producers'.
    func files() throws -> [String] {
        var findings: [String] = []
        for run in runs {
            let output = try LogBytes.read(run.standardOutput)
            written[run.name] = output
            let (count, hash) = output.tally
            let tally = layout.data(of: run.instance.service).appending("\(run.instance).\(run.run).tally")
            let said = String(decoding: try AtomicFile.read(tally) ?? [], as: UTF8.self)
            let found = "\(count) \(output.count) \(hash)\n"
            if said != found { findings.append("\(run.name) wrote \(said), out.log has \(found)") }
            bytes += output.count
            lines += count
        }
        return findings
    }

    /// It saw every line of every run once, in order, and as it was written.
    func follower(_ command: RunningCommand, _ file: FilePath) throws -> [String] {
        let followed = FollowedFile(file, written: written)
        // What was written last is on its way, for as long as more comes.
        var quiet = 0
        while followed.lines < lines, quiet < 100 {
            quiet = try followed.readOn() ? 0 : quiet + 1
            if command.ends(within: 100) { break }
        }
        command.send(SIGTERM)
        let result = try command.wait()
        _ = try followed.readOn()
        let said = result.errors.isEmpty ? [] : ["the follower said: \(result.errors)"]
        return try said + followed.findings + seen(followed.offsets)
    }

    /// A reader that saw lines at these offsets of each run's stdout has seen every one, once and in order.
    func seen(_ offsets: [String: [Int]]) throws -> [String] {
        try runs.compactMap { run in
            let starts = try LogBytes.read(run.standardOutput).starts
            let found = offsets[run.name] ?? []
            guard found != starts else { return nil }
            let index = zip(found, starts).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, starts.count)
            return "of \(run.name) the follower saw \(found.count) of \(starts.count) lines, right up to \(index)"
        }
    }

    /// All runs of a service are the files' bytes in order; its errors are the records and their stack traces.
    func readers() throws -> [String] {
        var findings: [String] = []
        for service in LogSoak.services {
            var all: [UInt8] = []
            for run in runs where run.instance.service == service { all += written[run.name]?.bytes ?? [] }
            let output = LogBytes(bytes: all)
            let logs = ["logs", service, "--run", "all", "--stream", "stdout", "--format", "raw"]
            if try read(logs) != output { findings.append("\(service): raw is not what was written") }
            var errors = LogBytes()
            output.forEachLine { line, _ in
                if line.starts(with: "\tat ") || line.contains(#""level":"error""#) { errors.append(line) }
            }
            let found = try read(logs + ["--level", "error"])
            if found != errors {
                findings.append(
                    "\(service): --level error gives \(found.starts.count) lines, not \(errors.starts.count)")
            }
        }
        return findings
    }

    private func read(_ words: [String]) throws -> LogBytes {
        let command = try project.start(words)
        if !command.ends(within: 120_000) { command.send(SIGKILL) }
        let result = try command.wait()
        if result.code != 0 { throw AuditFailed(findings: ["msctl \(words.joined(separator: " ")): \(result)"]) }
        return LogBytes(bytes: Array(result.output.utf8))
    }

    /// In logs.db the blocks of each file follow each other from its beginning to where the index has come, which is the
    /// file's end soon.
    func index() throws -> [String] {
        var findings: [String] = []
        for _ in 0..<100 {
            findings = try indexFindings()
            if findings.isEmpty { break }
            usleep(100_000)
        }
        return findings
    }

    private var database: DatabaseQueue {
        get throws {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            return try DatabaseQueue(path: layout.logIndex.string, configuration: configuration)
        }
    }

    /// What was counted, in all and by minutes, is what was written, whoever was killed while it was counted.
    func counts() throws -> [String] {
        var written: [String: [Int]] = [:]
        for run in runs {
            var counts = written[run.instance.description] ?? [0, 0]
            for path in [run.standardOutput, run.standardError] {
                let bytes = try LogBytes.read(path)
                counts[0] += bytes.starts.count
                counts[1] += bytes.count
            }
            written[run.instance.description] = counts
        }
        return try database.read { db in
            var findings: [String] = []
            for sql in [
                "SELECT instance, lines, bytes FROM totals",
                "SELECT instance, sum(lines) AS lines, sum(bytes) AS bytes FROM minutes GROUP BY instance",
            ] {
                var counted: [String: [Int]] = [:]
                for row in try Row.fetchAll(db, sql: sql) { counted[row["instance"]] = [row["lines"], row["bytes"]] }
                for (instance, counts) in written where counted[instance] ?? [0, 0] != counts {
                    findings.append("\(instance) wrote \(counts), '\(sql)' says \(counted[instance] ?? [])")
                }
            }
            return findings
        }
    }

    private func indexFindings() throws -> [String] {
        try database.read { db in
            var findings: [String] = []
            blocks = try Int.fetchOne(db, sql: "SELECT count(*) FROM blocks") ?? 0
            for run in runs {
                let size = Int(clinux_file_size(run.standardOutput.string))
                let file = try Row.fetchOne(
                    db, sql: "SELECT id, indexed FROM files WHERE instance = ? AND run = ? AND stream = 'stdout'",
                    arguments: [run.instance.description, run.run])
                guard let file else {
                    if size > 0 { findings.append("\(run.name) is not in the index") }
                    continue
                }
                var end = 0
                let rows = try Row.fetchAll(
                    db, sql: "SELECT start, length FROM blocks WHERE file = ? ORDER BY start",
                    arguments: [file["id"] as Int])
                for row in rows {
                    let start: Int = row["start"]
                    if start != end { findings.append("\(run.name): a block begins at \(start), not at \(end)") }
                    end = start + (row["length"] as Int)
                }
                if end != file["indexed"] as Int || end != size {
                    findings.append(
                        "\(run.name): blocks end at \(end), the index at \(file["indexed"] as Int), of \(size)")
                }
            }
            return findings
        }
    }
}
