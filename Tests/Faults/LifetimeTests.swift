import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// What `up` has started survives the terminal, the command and the daemon.
@Suite(.timeLimit(.minutes(5)), .serialized) struct LifetimeTests {
    private static let services = """
        services:
          a:
            command: [\(BuiltProducts.fixtureService), lines=1000000, interval=1, "ledger=${MSCTL_DATA_DIR}"]
            restart: on-failure
          b:
            command: [\(BuiltProducts.fixtureService), lines=1000000, interval=1, http=1]
            ports: [auto]
            healthcheck: { http: /health, interval: 200ms, timeout: 10s, retries: 10 }
            depends_on: [a]
          c:
            command: [\(BuiltProducts.fixtureService), lines=1000000, interval=1, term-delay=100]
            depends_on: { b: { condition: service_healthy } }
        """

    private func project() throws -> ProjectUnderTest { try ProjectUnderTest(["a.yaml": Self.services]) }

    private func runs(_ project: ProjectUnderTest) throws -> [String: Int32?] {
        let statuses = try StateReader(layout: project.layout).statuses()
        return Dictionary(statuses.map { ("\($0.instance)/\($0.run)", $0.pid) }) { $1 }
    }

    @Test func `what up has started survives its terminal`() async throws {
        let project = try project()
        let shell = project.path.appending("shell").string
        let msctl = BuiltProducts.path("msctl")
        // script(1) gives the command a terminal of its own, which is hung up when script dies.
        let script = try RunningCommand(
            "/usr/bin/script",
            ["-qec", "echo $$ > \(shell).new; mv \(shell).new \(shell); \(msctl) up; exec sleep 1000", "/dev/null"],
            directory: project.path, environment: ["PATH": "/usr/bin:/bin"])
        let audit = ProjectAudit(project)
        while try project.state("c.1") != .running { usleep(1_000) }
        #expect(try audit.settle())
        let before = try runs(project)
        #expect(before.keys.sorted() == ["a.1/1", "b.1/1", "c.1/1"])
        let daemon = project.daemonPID
        let text = try String(contentsOfFile: shell, encoding: .utf8)
        let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        script.send(SIGKILL)
        _ = try script.wait()
        #expect(Processes.waitForEnd(pid, seconds: 30), "the terminal was not hung up")
        #expect(try audit.settle())
        #expect(try runs(project) == before)
        #expect(project.daemonPID == daemon)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a killed up has done all of its work or none`() async throws {
        for delay in [0, 8, 16, 24, 32, 50, 70, 100, 150, 200, 300, 500] {
            let project = try project()
            let up = try project.start(["up"])
            if !up.ends(within: Int32(delay)) { up.send(SIGKILL) }
            _ = try up.wait()
            let audit = ProjectAudit(project)
            if FileLock.isHeld(project.layout.daemonShimLock) || project.daemonPID != nil {
                while project.daemonPID == nil { sched_yield() }
                // An accepted request is carried out; one that never arrived leaves an idle daemon.
                #expect(try audit.settle())
                let rows = try StateReader(layout: project.layout).statuses()
                let states = rows.map(\.state)
                #expect(rows.isEmpty || states == [.running, .running, .running], "killed after \(delay) ms")
                if rows.isEmpty {
                    try await project.expect(0, "down")
                    project.expectNothingLeft()
                }
            }
            try await project.expect(0, "up")
            #expect(try audit.settle())
            #expect(try runs(project).count == 3)
            try await project.expect(0, "down")
            project.expectNothingLeft()
        }
    }

    /// At these many milliseconds after the command was started the daemon is killed.
    private static let moments = [0, 30, 60, 90, 120, 160, 200, 250, 300, 400, 600]

    /// A launch that was prepared and never carried out costs a number and leaves no directory, so these are counted.
    private func expectRuns(_ count: Int, _ project: ProjectUnderTest) {
        for instance in project.layout.instances {
            #expect(project.layout.allRuns(of: instance).count == count, "\(instance)")
        }
    }

    @Test(arguments: moments)
    func `a daemon killed in the middle of up leaves nothing undone`(moment: Int) async throws {
        let project = try project()
        try await project.expect(0, "up", "a")
        let audit = ProjectAudit(project)
        // What is told is written down a moment later.
        #expect(try audit.settle())
        let before = try runs(project)
        try await interrupt(["up"], after: moment, project)
        #expect(try audit.settle())
        let after = try runs(project)
        #expect(after["a.1/1"] == before["a.1/1"])
        #expect(after.count == 3)
        expectRuns(1, project)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test(arguments: moments)
    func `a daemon killed in the middle of restart leaves nothing undone`(moment: Int) async throws {
        let project = try project()
        try await project.expect(0, "up")
        let audit = ProjectAudit(project)
        #expect(try audit.settle())
        try await interrupt(["restart"], after: moment, project)
        #expect(try audit.settle())
        #expect(try runs(project).count == 3)
        expectRuns(2, project)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test(arguments: moments)
    func `a daemon killed in the middle of down leaves nothing`(moment: Int) async throws {
        let project = try project()
        try await project.expect(0, "up")
        let audit = ProjectAudit(project)
        #expect(try audit.settle())
        try await interrupt(["down"], after: moment, project)
        project.expectNothingLeft()
        #expect(try audit.findingsOfEnds() == [])
    }

    @Test func `a daemon killed when nothing but its own end is left to be done comes back to end`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let daemon = try #require(project.daemonPID)
        let down = try project.start(["down"])
        let reader = StateReader(layout: project.layout)
        while try !reader.storedStatuses().isEmpty { usleep(100) }
        kill(daemon, SIGKILL)
        let result = try await down.result()
        #expect(result.code == 0, "\(result)")
        project.expectNothingLeft()
    }

    /// Runs a command and kills the daemon while it is at work; the command itself must not mind.
    private func interrupt(_ arguments: [String], after milliseconds: Int, _ project: ProjectUnderTest) async throws {
        let daemon = try #require(project.daemonPID)
        let command = try project.start(arguments)
        _ = command.ends(within: Int32(milliseconds))
        kill(daemon, SIGKILL)
        let result = try await command.result()
        #expect(result.code == 0, "msctl \(arguments) with its daemon killed after \(milliseconds) ms: \(result)")
    }
}
