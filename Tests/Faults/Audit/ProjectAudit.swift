import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport

/// What must hold of a project whenever nothing is under way, asked of the disk, the kernel and the command line.
final class ProjectAudit {
    private let project: ProjectUnderTest
    private let layout: StateLayout
    private var logs: LogAudit
    /// Runs that are known to have ended, with what was found of their ends.
    private var over: Set<String> = []
    /// Runs whose shim the test has killed: nobody can know how they ended.
    var killedShims: Set<String> = []

    init(_ project: ProjectUnderTest) {
        self.project = project
        layout = project.layout
        logs = LogAudit(project.layout)
    }

    /// Waits until nothing is under way and everything holds. False when there is neither a daemon nor anybody who would
    /// bring one back.
    /// - Throws: what does not hold, when that lasts longer than a busy machine can explain.
    @discardableResult
    func settle(seconds: Int = 90) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var left = ["nothing was looked at"]
        while ContinuousClock.now < deadline {
            if StateReader(layout: layout).daemon() == .absent { return false }
            left = try unrest()
            if left.isEmpty { left = try findings() }
            if left.isEmpty { return true }
            usleep(20_000)
        }
        throw AuditFailed(findings: left)
    }

    /// Runs whose logs were read to their end, and numbered lines read.
    var runs: Int { over.count }
    var lines: Int { logs.lines }

    /// - Throws: when status has other instances than these.
    func expect(instances: Set<String>) throws {
        let found = Set(try status().map(\.instance))
        guard found != instances else { return }
        throw AuditFailed(findings: ["status has \(found.sorted()), wanted are \(instances.sorted())"])
    }

    /// What is still under way, as the daemon has written it down.
    private func unrest() throws -> [String] {
        let reader = StateReader(layout: layout)
        guard reader.daemon().isRunning else { return ["no daemon runs"] }
        return try reader.storedStatuses().filter { !$0.settled }.map {
            "\($0.instance) is not settled: \($0.state.rawValue), \($0.reason ?? "no reason")"
        } + (try reader.rollouts().filter(\.isUnderWay).map { "\($0.service) is being replaced: \($0.phase)" })
    }

    /// Everything that does not hold right now.
    func findings() throws -> [String] {
        let rows = try status()
        let living = livingRuns()
        let marked = ProcessTable.marked(by: layout.root)
        return strays(marked, living) + disagreements(rows, living, marked) + (try missingAddresses(rows))
            + (try ends(living))
    }

    /// What `msctl status` says.
    private func status() throws -> [StatusRow] {
        let result = try project.start(["status", "--format", "json"]).wait()
        // 3: nothing is there.
        guard result.code == 0 || result.code == 3 else { throw AuditFailed(findings: ["msctl status: \(result)"]) }
        return try JSONDecoder().decode(StatusDocument.self, from: Data(result.output.utf8)).services
    }

    private func livingRuns() -> [RunDirectory] {
        layout.instances.flatMap { layout.allRuns(of: $0) }.filter { !over.contains($0.name) && $0.isAlive }
    }

    /// As ``findings()``, of the runs' ends and logs alone: for when no daemon is left.
    func findingsOfEnds() throws -> [String] { try ends(livingRuns()) }

    // MARK: Processes

    /// No process outside msctl's knowledge, and no instance twice.
    private func strays(_ marked: [MarkedProcess], _ living: [RunDirectory]) -> [String] {
        let known = Set(living.map(\.name))
        let twice = Dictionary(grouping: living, by: \.instance).values.filter { $0.count > 1 }
        return marked.filter { !known.contains($0.run) }.map {
            "process \($0.pid) is of \($0.run), whose lock nobody holds: \($0.command)"
        } + twice.map { "two runs hold their locks: \($0.map(\.name))" }
    }

    /// Status and processes tell the same.
    private func disagreements(
        _ rows: [StatusRow], _ living: [RunDirectory], _ marked: [MarkedProcess]
    ) -> [String] {
        let runs = Dictionary(living.map { ($0.instance.description, $0) }) { $1 }
        let pids = Dictionary(marked.map { ($0.pid, $0.run) }) { $1 }
        let unknown = Set(runs.keys).subtracting(rows.map(\.instance)).map { "status does not know \($0), which runs" }
        return unknown
            + rows.compactMap { row -> String? in
                let isAlive = ["starting", "running", "stopping"].contains(row.state)
                switch (isAlive, runs[row.instance]) {
                case (false, nil): return row.pid == nil ? nil : "\(row.instance) is \(row.state) and has a pid"
                case (true, nil): return "\(row.instance) is called \(row.state) and does not run"
                case (false, let run?): return "\(row.instance) is called \(row.state) and \(run.name) runs"
                case (true, let run?):
                    guard run.run == row.run else { return "\(row.instance) is in run \(run.run), not \(row.run)" }
                    guard let pid = row.pid, pids[pid] == run.name else {
                        return "\(run.name) is not process \(row.pid ?? 0)"
                    }
                    return nil
                }
            }
    }

    /// endpoints.json lists the ready instances that have a port, and no others.
    private func missingAddresses(_ rows: [StatusRow]) throws -> [String] {
        let ready = rows.filter { $0.state == "running" && ["healthy", "none"].contains($0.health) }
        let expected = Set(ready.compactMap { row in row.port.map { "\(row.instance) http://127.0.0.1:\($0)" } })
        let listed = try Endpoints.read(layout).services.values.joined().map { "\($0.instance) \($0.url)" }
        if Set(listed) == expected, listed.count == expected.count { return [] }
        return ["endpoints.json lists \(listed.sorted()), ready are \(expected.sorted())"]
    }

    // MARK: Runs

    /// Every run that does not live has an end on record, and every log is whole.
    private func ends(_ living: [RunDirectory]) throws -> [String] {
        let alive = Set(living.map(\.name))
        let recorded = try RunEnds(layout)
        var findings: [String] = []
        for run in layout.instances.flatMap({ layout.allRuns(of: $0) }) where !over.contains(run.name) {
            if alive.contains(run.name) {
                findings += try logs.findings(run, end: nil)
                continue
            }
            let left = run.exit?.status
            guard let end = left ?? recorded[run.name] else {
                findings.append("\(run.name) has ended and nothing says how")
                continue
            }
            if end == .unknown, !killedShims.contains(run.name) {
                findings.append("\(run.name) has ended and how is lost, though its shim was not killed")
            }
            if let left, let row = recorded[run.name], left != row {
                findings.append("\(run.name) ended with \(left), state.db says \(row)")
            }
            let found = try logs.findings(run, end: end)
            if found.isEmpty { over.insert(run.name) }
            findings += found
        }
        return findings
    }
}

/// What does not hold, a sentence each.
struct AuditFailed: Error, CustomStringConvertible {
    let findings: [String]

    var description: String { findings.joined(separator: "\n") }
}

/// `msctl status --format json`, as far as it is looked at.
struct StatusDocument: Decodable {
    let services: [StatusRow]
}

struct StatusRow: Decodable {
    let instance: String
    let run: Int
    let state: String
    let health: String
    let pid: Int32?
    let port: UInt16?
}

extension RunDirectory {
    /// `SERVICE.REPLICA/RUN`, as in the marks of its processes.
    var name: String { "\(instance)/\(run)" }
}
