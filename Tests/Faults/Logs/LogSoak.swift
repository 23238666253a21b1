import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport

/// One project whose services do nothing but write, and what is done to it.
final class LogSoak {
    private let project: ProjectUnderTest
    private let faults: FaultInjection
    private let settings: SoakSettings
    private var dice: ChaosDice
    private var readers: [(command: RunningCommand, words: [String])] = []
    private var history: [String: Int] = [:]
    private var findings: [String] = []

    static let services = (1...20).map { "s\($0)" }

    init(_ settings: SoakSettings) throws {
        self.settings = settings
        dice = ChaosDice(seed: settings.seed)
        let services = Self.services.map { name in
            """
              \(name):
                command: [\(BuiltProducts.fixtureService), flood=\(settings.seed), term-delay=0, "tally=${MSCTL_DATA_DIR}"]
                logs: { runs: 100000, retain: 100GB }

            """
        }
        project = try ProjectUnderTest(["a.yaml": "services:\n" + services.joined()])
        faults = FaultInjection(project.layout, ProjectAudit(project))
    }

    /// Blocks for about so many seconds, and for as long as it takes to check.
    func run() throws -> String {
        try expect(["up"])
        let follower = try self.follower()
        var isFollowing = true
        // A failure leaves nobody behind.
        defer {
            let commands = readers.map(\.command) + (isFollowing ? [follower] : [])
            for command in commands {
                command.send(SIGKILL)
                _ = try? command.wait()
            }
        }
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(settings.seconds) {
            try step()
            usleep(UInt32(dice.number(below: 150)) * 1_000)
        }
        while let reader = readers.popLast() { try end(reader, after: 0) }
        try expect(["stop"] + Self.services)
        let check = LogSoakCheck(project)
        findings += try check.files()
        isFollowing = false
        findings += try check.follower(follower, project.path.appending("followed"))
        findings += try check.readers()
        findings += try check.index()
        findings += try check.counts()
        try expect(["down"])
        findings += project.leftovers
        if !findings.isEmpty { throw AuditFailed(findings: findings) }
        return "\(check.summary); \(faults.summary); \(history.sorted { $0.key < $1.key }.map { "\($1) × \($0)" })"
    }

    /// Reads from the first line on, undisturbed. It begins with the runs that are there, so none may end before it has
    /// begun.
    private func follower() throws -> RunningCommand {
        let file = project.path.appending("followed").string
        let follower = try RunningCommand(
            "/bin/sh",
            ["-c", "exec \"$0\" logs --follow --format json > \"$1\"", BuiltProducts.path("msctl").string, file],
            directory: project.path, environment: project.environment)
        while clinux_file_size(file) <= 0, !follower.ends(within: 20) {}
        return follower
    }

    // MARK: Steps

    private func step() throws {
        switch dice.number(below: 10) {
        case 0: faults.inject(.killDaemon, &dice)
        case 1: try expect(["restart", dice.pick(Self.services)])
        case 2...5 where readers.count < 4: try read()
        default:
            guard !readers.isEmpty else { return }
            try end(readers.remove(at: dice.number(below: readers.count)), after: dice.number(below: 300))
        }
    }

    private func read() throws {
        let service = dice.pick(Self.services)
        let words = dice.pick([
            ["logs", "-f", "--format", "raw"], ["logs", "-f", "--format", "json", service],
            ["logs", "--tail", "500"], ["logs", "--tail", "50", "--format", "json", service],
            ["logs", "--level", "error", "--run", "all"], ["logs", "--reindex"], ["logs", "--reindex", service],
            ["logs", "--grep", "frame 3"], ["trace", "\(service).1/1-\(dice.number(below: 50))"],
        ])
        readers.append((try project.start(words), words))
        history[words.prefix(2).joined(separator: " "), default: 0] += 1
    }

    /// Kills a reader, unless it has come to its end by itself.
    private func end(_ reader: (command: RunningCommand, words: [String]), after milliseconds: Int) throws {
        if !reader.command.ends(within: Int32(milliseconds)) { reader.command.send(SIGKILL) }
        let result = try reader.command.wait()
        // There may be no such trace (yet).
        let isFine = [0, 128 + SIGKILL].contains(result.code) || (reader.words[0] == "trace" && result.code == 1)
        if !isFine {
            findings.append("msctl \(reader.words.joined(separator: " ")): exit \(result.code) \(result.errors)")
        }
    }

    private func expect(_ words: [String]) throws {
        history[words[0], default: 0] += 1
        let command = try project.start(words)
        if !command.ends(within: 240_000) { command.send(SIGKILL) }
        let result = try command.wait()
        guard result.code == 0 else {
            throw AuditFailed(findings: findings + ["msctl \(words.joined(separator: " ")): \(result)"])
        }
    }
}
