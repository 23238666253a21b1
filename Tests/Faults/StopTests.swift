import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// After `down` nothing is left, however much it resists; and when something is, `down` says what and fails.
@Suite(.timeLimit(.minutes(3))) struct StopTests {
    private static let fixture = BuiltProducts.fixtureService

    private static let resisting: [(name: String, command: String)] = [
        ("deaf to SIGTERM", "[\(fixture), ignore-term=1]"),
        ("forked twice, in a session of its own, deaf", "[\(fixture), grandchild=1, ignore-term=1]"),
        ("forks again as soon as it can, and ends", "[\(fixture), runaway=8, ignore-term=1]"),
        (
            "forks deaf sessions until it is killed",
            shell("trap '' TERM; while :; do (trap '' TERM; exec setsid sleep 1000) & sleep 0.02; done")
        ),
        (
            "forks when it is told to stop",
            shell("trap 'setsid sleep 1000 & setsid sleep 1000 &' TERM; while :; do sleep 0.02; done")
        ),
        ("is stopped like a job", shell("kill -STOP $$; sleep 1000")),
        ("forgets its environment", shell("env -i setsid sleep 1000 & env -i setsid sleep 1000 & sleep 1000")),
        ("ends at once and leaves others", shell("(trap '' TERM; exec setsid sleep 1000) & exit 0")),
    ]

    /// As a manifest says it, where `$` stands for interpolation.
    private static func shell(_ script: String) -> String {
        "[/bin/sh, -c, \"\(script.replacing("$", with: "$$"))\"]"
    }

    @Test(arguments: resisting.map(\.name))
    func `down leaves nothing of a service that`(resists: String) async throws {
        let command = try #require(Self.resisting.first { $0.name == resists }?.command)
        let project = try ProjectUnderTest([
            "a.yaml": "services: { a: { command: \(command), stop_grace_period: 200ms, restart: always } }"
        ])
        try await project.expect(0, "up")
        let before = project.family
        // Between two of its runs there may be nobody to be seen.
        #expect(!before.isEmpty || resists == "ends at once and leaves others")
        let down = try await project.expect(0, "down")
        #expect((down.output + down.errors).contains("0 processes, 0 ports, 0 sockets left"))
        project.expectNothingLeft()
        #expect(before.filter(\.isAlive).map(\.pid) == [])
    }

    @Test func `what cannot be ended is named, and down fails`() async throws {
        let port = FreePort.choose()
        let project = try ProjectUnderTest([
            "a.yaml": "services: { a: { command: [\(Self.fixture), http=1], ports: [\"\(port)\"] } }"
        ])
        try await project.expect(0, "up")
        // Of the project by its mark, but nobody's child: what msctl cannot know of, and so does not kill.
        let mark = ProcessTable.mark(stateRoot: project.layout.root, instance: "a.1", run: 1)
        let stray = try SpawnedProcess("/bin/sleep", ["1000"], environment: [ProcessTable.markVariable: mark])
        let down = try await project.expect(1, "down")
        #expect(down.errors.contains("process \(stray.pid) of a.1/1: /bin/sleep 1000"))
        #expect(down.errors.contains("1 process, 0 ports, 0 sockets left"))
        #expect(project.daemonPID == nil)
        let again = try await project.expect(1, "down", "--format", "json")
        #expect(again.errors.contains("process \(stray.pid) of a.1/1"))
        stray.send(SIGKILL)
        stray.wait()
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a port that is still held is named with its holder`() async throws {
        let port = FreePort.choose()
        let project = try ProjectUnderTest([
            "a.yaml": "services: { a: { command: [sleep, \"1000\"], ports: [\"\(port)\"] } }"
        ])
        try await project.expect(0, "up")
        let mark = ProcessTable.mark(stateRoot: project.layout.root, instance: "a.1", run: 1)
        let stray = try SpawnedProcess(
            Self.fixture, ["http=1"], environment: [ProcessTable.markVariable: mark, "PORT": String(port)])
        defer {
            stray.send(SIGKILL)
            stray.wait()
        }
        while !ProcessTable.isListening(port) { sched_yield() }
        let down = try await project.expect(1, "down")
        #expect(down.errors.contains("port \(port), held by process \(stray.pid)"))
    }

    @Test func `stop ends what a service left behind and no other service`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a: { command: [\(Self.fixture), grandchild=1, ignore-term=1], stop_grace_period: 200ms }
              b: { command: [\(Self.fixture), grandchild=1] }
            """
        ])
        try await project.expect(0, "up")
        let b = try await project.pid("b")
        try await project.expect(0, "stop", "a")
        #expect(Set(ProcessTable.marked(by: project.layout.root).map(\.instance)) == ["b.1"])
        #expect(try await project.pid("b") == b)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a second, shorter stop hurries the first`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": "services: { a: { command: [\(Self.fixture), ignore-term=1], stop_grace_period: 200s } }"
        ])
        try await project.expect(0, "up")
        let patient = try project.start(["down"])
        while try project.state("a.1") != .stopping { usleep(1000) }
        try await project.expect(0, "down", "--timeout", "100ms")
        #expect(try await patient.result().code == 0)
        project.expectNothingLeft()
    }
}
