import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// `up --attach`: the stack lives as long as the command.
@Suite(.timeLimit(.minutes(3))) struct AttachTests {
    private let fixture = BuiltProducts.fixtureService

    private func project(_ services: String) throws -> ProjectUnderTest {
        try ProjectUnderTest(["a.yaml": "name: attached\nservices:\n" + services])
    }

    /// It says hello, and goodbye when it is asked to stop.
    private var polite: String {
        "  polite: { command: [sh, -c, \"trap 'echo goodbye; exit 0' TERM; echo hello; while :; do sleep 0.05; done\"] }\n"
    }

    /// It does not stop when asked to, and has a child that is even harder to find.
    private var stubborn: String {
        "  stubborn: { command: [\(fixture), ignore-term=1, grandchild=1], stop_grace_period: 600s }\n"
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal takes everything down, the last lines are printed, and the exit code is 0`(signal: Int32)
        async throws
    {
        let project = try project(polite)
        let up = try project.start("up", "--attach")
        #expect(up.prints("hello"))
        #expect(up.says("1 instance up"))
        up.send(signal)
        #expect(await up.end() == 0, "\(up.said)")
        #expect(up.printed.contains("goodbye"))
        #expect(up.said.contains("0 processes, 0 ports, 0 sockets left"))
        project.expectNothingLeft()
        try await project.expect(3, "status")
    }

    @Test func `when it is killed everything goes within two seconds`() async throws {
        let project = try project(polite + stubborn)
        let up = try project.start("up", "--attach")
        #expect(up.says("2 instances up"))
        let shim = try #require(ShimProcesses(lock: project.layout.daemonShimLock)?.shim)
        let killed = ContinuousClock.now
        up.send(SIGKILL)
        #expect(await up.end() == 128 + SIGKILL)
        while !ProcessTable.marked(by: project.layout.root).isEmpty { usleep(1_000) }
        let elapsed = ContinuousClock.now - killed
        #expect(elapsed < .seconds(2), "\(elapsed)")
        #expect(Processes.waitForEnd(shim))
        project.expectNothingLeft()
    }

    @Test func `a second signal ends at once what does not stop`() async throws {
        let project = try project(stubborn)
        let up = try project.start("up", "--attach")
        #expect(up.says("1 instance up"))
        up.send(SIGINT)
        #expect(up.says("taking everything down"))
        #expect(up.says("stopping"))
        up.send(SIGINT)
        #expect(await up.end() == 0, "\(up.said)")
        #expect(up.said.contains("0 processes, 0 ports, 0 sockets left"))
        project.expectNothingLeft()
    }

    @Test func `a third signal leaves it to a daemon that does not answer, and says what is left`() async throws {
        let project = try project(stubborn)
        let up = try project.start("up", "--attach")
        #expect(up.says("1 instance up"))
        let daemon = try #require(project.daemonPID)
        let shim = try #require(ShimProcesses(lock: project.layout.daemonShimLock)?.shim)
        kill(daemon, SIGSTOP)
        up.send(SIGINT)
        #expect(up.says("taking everything down"))
        up.send(SIGINT)
        #expect(up.says("ending everything at once"))
        up.send(SIGINT)
        #expect(await up.end() == 1)
        #expect(up.said.contains("not everything has ended yet"))
        #expect(up.said.contains("of stubborn.1/1"))
        // The command has ended, so the daemon takes everything down as soon as it can.
        kill(daemon, SIGCONT)
        #expect(Processes.waitForEnd(shim))
        project.expectNothingLeft()
    }

    @Test func `a reader that goes away is the end`() async throws {
        let project = try project("  a: { command: [\(fixture), lines=1000000, interval=1] }\n")
        let up = try project.start("up", "--attach", output: .pipe)
        #expect(up.says("1 instance up"))
        close(up.output)
        #expect(await up.end() == 0, "\(up.said)")
        #expect(up.said.contains("nobody reads any more"))
        project.expectNothingLeft()
    }

    @Test func `a reader that does not read holds nothing up`() async throws {
        let project = try project("  a: { command: [\(fixture), lines=100000] }\n")
        let up = try project.start("up", "--attach", output: .pipe)
        #expect(up.says("1 instance up"))
        // The pipe is full when the service has written more than it holds.
        let log = project.layout.run(1, of: InstanceID(service: "a", replica: 1)).standardOutput
        while clinux_file_size(log.string) < 1 << 20 { usleep(1_000) }
        up.send(SIGTERM)
        #expect(await up.end() == 0, "\(up.said)")
        project.expectNothingLeft()
    }

    @Test func `it ends with the last of its services, well when all of them did`() async throws {
        let project = try project(
            "  a: { command: [\(fixture), exit-after=50, \"tail=bye\"] }\n  b: { command: [\(fixture), exit-after=200] }\n"
        )
        let up = try project.start("up", "--attach")
        #expect(await up.end() == 0, "\(up.said)")
        #expect(up.printed.contains("bye"))
        #expect(up.said.contains("everything has ended"))
        project.expectNothingLeft()
    }

    @Test func `it ends badly when one of its services did`() async throws {
        let project = try project(
            "  a: { command: [\(fixture), exit-after=500, code=3, \"say=my last word\"] }\n"
                + "  b: { command: [\(fixture), exit-after=50] }\n")
        let up = try project.start("up", "--attach")
        #expect(await up.end() == 1)
        #expect(up.said.contains("a.1 did not end well"))
        #expect(up.said.contains("my last word"))
        project.expectNothingLeft()
    }

    @Test func `what does not come up leaves nothing up`() async throws {
        let project = try project(polite + "  broken: { command: [no-such-program], depends_on: [polite] }\n")
        let up = try project.start("up", "--attach")
        #expect(await up.end() == 1)
        #expect(up.said.contains("no-such-program"))
        project.expectNothingLeft()
    }

    @Test func `a killed daemon comes back and still takes everything down in the end`() async throws {
        let project = try project(polite)
        let up = try project.start("up", "--attach")
        #expect(up.says("1 instance up"))
        let pid = try await project.pid("polite")
        let daemon = try #require(project.daemonPID)
        project.killDaemonAndItsShim()
        #expect(Processes.waitForEnd(daemon))
        // Nobody but the command can have started the next one.
        while project.daemonPID == nil || project.daemonPID == daemon { usleep(1_000) }
        #expect(try await project.pid("polite") == pid)
        up.send(SIGINT)
        #expect(await up.end() == 0, "\(up.said)")
        project.expectNothingLeft()
    }

    @Test func `it ends when somebody else takes everything down`() async throws {
        let project = try project(polite)
        let up = try project.start("up", "--attach")
        #expect(up.says("1 instance up"))
        try await project.expect(0, "down")
        #expect(await up.end() == 0, "\(up.said)")
        project.expectNothingLeft()
    }

    @Test func `its lines are objects when they are asked for so`() async throws {
        let project = try project("  a: { command: [\(fixture), exit-after=100, lines=5, interval=5] }\n")
        let up = try project.start("up", "--attach", "--format", "json")
        #expect(await up.end() == 0, "\(up.said)")
        let lines = up.printed.split(separator: "\n")
        #expect(lines.count == 5)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["schema"] as? String == "msctl.log/1")
        }
    }
}
