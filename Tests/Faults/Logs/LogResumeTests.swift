import Dispatch
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A reader that keeps the cursors that it is told, is killed, and goes on from the last one.
@Suite(.timeLimit(.minutes(5))) struct LogResumeTests {
    @Test func `a follower that is killed again and again has every line once, through restarts and scaling`()
        async throws
    {
        let seed = UInt64.random(in: 0...999_999)
        let project = try ProjectUnderTest([
            "a.yaml": "services:\n"
                + ["one", "two"].map { name in
                    """
                      \(name):
                        command: [\(BuiltProducts.fixtureService), flood=\(seed), term-delay=0]
                        logs: { runs: 100000, retain: 100GB }

                    """
                }.joined()
        ])
        try await project.expect(0, "up")
        let findings = try await withCheckedThrowingContinuation { continuation in
            // On a thread of its own: everything in it blocks.
            DispatchQueue(label: "log resume").async {
                continuation.resume(with: Result { try Self.readOn(in: project, ChaosDice(seed: seed)) })
            }
        }
        #expect(findings.isEmpty, "seed \(seed)")
        try await project.expect(0, "down")
        #expect(project.leftovers.isEmpty)
    }

    private static func readOn(in project: ProjectUnderTest, _ seeded: ChaosDice) throws -> [String] {
        var dice = seeded
        let reader = ResumedReader(project)
        let changes = [
            ["restart", "one"], ["scale", "two=2"], ["restart", "two"], ["scale", "two=1"], ["scale", "two=3"],
            ["restart"],
        ]
        for round in 0..<24 {
            try reader.start()
            if round.isMultiple(of: 4) {
                let result = try project.start(changes[round / 4]).wait()
                if result.code != 0 { return ["msctl \(changes[round / 4].joined(separator: " ")): \(result)"] }
            }
            usleep(UInt32(100 + dice.number(below: 500)) * 1_000)
            try reader.kill()
        }
        let stopped = try project.start(["stop", "one", "two"]).wait()
        if stopped.code != 0 { return ["msctl stop: \(stopped)"] }
        try reader.finish()
        return try LogSoakCheck(project).seen(reader.offsets)
    }
}

/// Keeps only what is vouched for by a cursor behind it, as a reader must that may be killed.
private final class ResumedReader {
    /// Of the lines of each run's stdout.
    private(set) var offsets: [String: [Int]] = [:]
    private let project: ProjectUnderTest
    /// Before the first byte of all: no line of an instance that is not named has been read.
    private var cursor = "one.1/1/stdout:-1"
    private var command: RunningCommand?
    private var runs = 0

    private var file: FilePath { project.path.appending("followed.\(runs)") }

    init(_ project: ProjectUnderTest) { self.project = project }

    func start() throws { try start("--follow") }

    private func start(_ more: String...) throws {
        runs += 1
        let words = ["logs", "--format", "json", "--show-cursor", "--after", cursor] + more
        command = try RunningCommand(
            "/bin/sh",
            ["-c", "file=$1; shift; exec \"$0\" \"$@\" > \"$file\"", BuiltProducts.path("msctl").string]
                + [file.string] + words,
            directory: project.path, environment: project.environment)
    }

    func kill() throws {
        command?.send(SIGKILL)
        _ = try command?.wait()
        try take()
    }

    /// Reads what is left.
    func finish() throws {
        try start()
        guard let command else { return }
        // It follows services that are stopped: when it has said nothing for a second, it has said all.
        var size: Int64 = -1
        repeat {
            size = fileSize
            _ = command.ends(within: 1_000)
        } while fileSize != size
        try kill()
    }

    private var fileSize: Int64 {
        (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? NSNumber)?.int64Value ?? 0
    }

    private func take() throws {
        var waiting: [(run: String, offset: Int)] = []
        let written = try Data(contentsOf: URL(fileURLWithPath: file.string))
        // What stands behind the last newline was cut off.
        for text in written.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            let line = try JSONDecoder().decode(ToldLine.self, from: text)
            if let cursor = line.cursor {
                self.cursor = cursor
                for (run, offset) in waiting { offsets[run, default: []].append(offset) }
                waiting = []
            } else if let instance = line.instance, let run = line.run, let offset = line.offset,
                line.stream == "stdout"
            {
                waiting.append(("\(instance)/\(run)", offset))
            }
        }
    }
}

/// A line of `msctl.log/1`, or `msctl.cursor/1`.
private struct ToldLine: Decodable {
    let cursor: String?
    let instance: String?
    let run: Int?
    let stream: String?
    let offset: Int?
}
