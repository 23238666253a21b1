import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// `msctl watch` beside somebody who edits. The builds are shell scripts.
@Suite(.timeLimit(.minutes(3))) struct WatchTests {
    /// `web` is built from `src/version`; each build leaves its begin and end in `builds`.
    private func project(build: String = "") throws -> ProjectUnderTest {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              web:
                build: { command: [/bin/sh, build.sh], context: src, output: out }
                command: [program]
                ports: [auto]
                healthcheck: { http: /health, interval: 100ms, timeout: 2s, start_period: 30s }
                develop:
                  watch:
                    - { action: rebuild, path: src, ignore: ["**/*.md"] }
                    - { action: restart, path: web.conf }
            """
        ])
        try project.write(
            "src/build.sh",
            """
            set -e
            echo begin >> ../builds
            version=$(cat version)
            \(build)
            if [ "$version" = bad ]; then echo "version:1: error: bad is no version"; echo end >> ../builds; exit 1; fi
            mkdir -p out
            printf '#!/bin/sh\\nexec \(BuiltProducts.fixtureService) http=1 "say=version %s"\\n' "$version" > out/new
            chmod +x out/new
            mv out/new out/program
            echo end >> ../builds
            """)
        try project.write("src/version", "1")
        return project
    }

    @Test func `it brings services up, and replaces one when its files change`() async throws {
        let project = try project()
        let watch = try Watch(project)
        #expect(try await watch.until("watching").map(\.event) == ["up", "watching"])
        #expect(try await project.status().map { $0["state"] as? String } == ["running"])
        try project.write("src/README.md", "nothing of this matters")
        try project.write("src/version", "2")
        let events = try await watch.until("replaced")
        #expect(events.map(\.event) == ["changed", "built", "replaced"])
        #expect(events[0].message == "src/version changed, building")
        #expect(events.allSatisfy { $0.service == "web" })
        #expect(try await project.expect(0, "logs", "web.1").output.contains("version 2"))
        try project.write("web.conf", "1")
        #expect(try await watch.until("restarted").map(\.event) == ["changed", "restarted"])
        #expect(watch.end() == 0)
        #expect(try await project.status().map { $0["state"] as? String } == ["running"])
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a build that fails changes nothing and tells why`() async throws {
        let project = try project()
        let watch = try Watch(project)
        _ = try await watch.until("watching")
        let pid = try await project.pid("web")
        try project.write("src/version", "bad")
        let failed = try #require(try await watch.until("build-failed").last)
        #expect(failed.message.hasPrefix("build failed; the running one stays"))
        #expect(failed.details.contains("version:1: error: bad is no version"))
        #expect(try await project.pid("web") == pid)
        try project.write("src/version", "3")
        #expect(try await watch.until("replaced").map(\.event) == ["changed", "built", "replaced"])
        #expect(watch.end() == 0)
        try await project.expect(0, "down")
    }

    @Test func `what changes during a build is built after it, and never two builds run at once`() async throws {
        // A build of version "slow" takes as long as the test wants.
        let project = try project(build: "if [ $version = slow ]; then while [ ! -e ../go ]; do sleep 0.02; done; fi")
        let watch = try Watch(project)
        _ = try await watch.until("watching")
        try project.write("src/version", "slow")
        _ = try await watch.until("changed")
        try await project.waitFor("builds", toSay: "begin\nend\nbegin\n")
        for version in ["4", "5", "6"] { try project.write("src/version", version) }
        try project.write("go", "")
        _ = try await watch.until("replaced")
        _ = try await watch.until("replaced")
        #expect(try await project.expect(0, "logs", "web.1").output.contains("version 6"))
        #expect(watch.end() == 0)
        let builds = try project.read("builds").split(separator: "\n")
        #expect(builds.enumerated().allSatisfy { $1 == ($0.isMultiple(of: 2) ? "begin" : "end") }, "\(builds)")
        try await project.expect(0, "down")
    }

    @Test func `changed manifests are applied, and wrong ones change nothing`() async throws {
        let project = try project()
        let watch = try Watch(project)
        _ = try await watch.until("watching")
        let pid = try await project.pid("web")
        try project.add("b.yaml", "services: { other: { comand: [sleep, \"1000\"] } }")
        let wrong = try #require(try await watch.until("manifest-wrong").last)
        #expect(wrong.details.contains { $0.contains("b.yaml:1:") }, "\(wrong)")
        try project.add("b.yaml", "services: { other: { command: [sleep, \"1000\"] } }")
        #expect(try await watch.until("up").map(\.event) == ["reloaded", "up"])
        #expect(try await project.status().count == 2)
        #expect(try await project.pid("web") == pid)
        #expect(watch.end() == 0)
        try await project.expect(0, "down")
    }

    @Test func `services without rules are refused`() async throws {
        let project = try ProjectUnderTest(["a.yaml": "services: { a: { command: [sleep, \"1000\"] } }"])
        let result = try await project.expect(64, "watch", "a")
        #expect(result.errors.contains("develop"))
        try await project.expect(64, "watch")
        try await project.expect(3, "status")
    }
}

/// A running `msctl watch --format json`.
private final class Watch {
    struct Line: Decodable {
        let schema: String
        let event: String
        let service: String?
        let message: String
        let details: [String]
    }
    private let process: SpawnedProcess
    private let output: FilePath
    private var seen = 0
    private var isOver = false

    init(_ project: ProjectUnderTest) throws {
        output = project.path.appending("watch.ndjson")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output.string, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        process = try SpawnedProcess(
            BuiltProducts.path("msctl").string, ["watch", "--format", "json", "-C", project.path.string],
            environment: ["PATH": "/usr/bin:/bin", "HOME": project.path.string], actions: &actions)
    }

    /// The lines since the last call up to the first of this event.
    func until(_ event: String) async throws -> [Line] {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let lines = try String(contentsOfFile: output.string, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
            if let end = lines[seen...].firstIndex(where: { $0.event == event }) {
                defer { seen = end + 1 }
                return Array(lines[seen...end])
            }
            // Its file grows when it grows; looked at now and then, so that it gets the processor.
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record(
            "no '\(event)' within a minute: \((try? String(contentsOfFile: output.string, encoding: .utf8)) ?? "")")
        return []
    }

    /// Its exit code after Ctrl-C.
    func end() -> Int32 {
        process.send(SIGINT)
        isOver = true
        return process.wait()
    }

    /// The last resort of a failed test.
    deinit { if !isOver { process.send(SIGKILL) } }
}

extension ProjectUnderTest {
    fileprivate func write(_ name: String, _ text: String) throws {
        let file = path.pushing(FilePath(name))
        try FileManager.default.createDirectory(
            atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try text.write(toFile: file.string, atomically: false, encoding: .utf8)
    }

    fileprivate func read(_ name: String) throws -> String {
        try String(contentsOfFile: path.pushing(FilePath(name)).string, encoding: .utf8)
    }

    fileprivate func waitFor(_ name: String, toSay text: String) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try read(name) != text, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try read(name) == text)
    }
}
