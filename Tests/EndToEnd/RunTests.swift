import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// `run`: a command while the stack is up.
@Suite(.timeLimit(.minutes(3))) struct RunTests {
    private func project(_ more: String = "") throws -> ProjectUnderTest {
        try ProjectUnderTest([
            "a.yaml": """
            name: stack
            services:
              web-app:
                command: [\(BuiltProducts.fixtureService), http=1]
                ports: [auto]
                healthcheck: { http: /health, interval: 50ms }
            \(more)
            """
        ])
    }

    @Test func `a command finds the services, has the streams, and gives its code`() async throws {
        let project = try project()
        let script =
            "read line; echo got $line; echo $WEB_APP_URL; test -f $MSCTL_ENDPOINTS && echo endpoints; echo err >&2; exit 7"
        let result = try await project.expect(7, "run", "--", "sh", "-c", script, input: "hello\n")
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 3, "\(result)")
        #expect(lines.first == "got hello")
        #expect(lines.dropFirst().first?.hasPrefix("http://127.0.0.1:") == true)
        #expect(lines.last == "endpoints")
        #expect(result.errors.contains("err\n"))
        #expect(result.errors.contains("0 processes, 0 ports, 0 sockets left"))
        project.expectNothingLeft()
    }

    @Test(arguments: [(SIGKILL, 137), (SIGTERM, 143), (SIGSEGV, 139)] as [(Int32, Int32)])
    func `a command that a signal ended gives 128 and its number`(signal: Int32, code: Int32) async throws {
        let project = try project()
        try await project.expect(code, "run", "sh", "-c", "kill -\(signal) $$")
        project.expectNothingLeft()
    }

    @Test func `what is sent to msctl reaches the command, and the stack still goes down`() async throws {
        let project = try project()
        let run = try project.start(
            "run", "--", "sh", "-c",
            "trap 'echo usr1' USR1; trap 'echo term; exit 9' TERM; echo go; while :; do sleep 0.05; done")
        #expect(run.prints("go"))
        run.send(SIGUSR1)
        #expect(run.prints("usr1"))
        run.send(SIGTERM)
        #expect(await run.end() == 9, "\(run.said)")
        #expect(run.printed == "go\nusr1\nterm\n")
        project.expectNothingLeft()
    }

    @Test func `Ctrl-C reaches the command once`() async throws {
        let project = try project()
        let counting =
            "trap 'n=$((n+1)); echo interrupted $n' INT; echo go; i=0; while [ $i -lt 20 ]; do sleep 0.05; i=$((i+1)); done; exit 5"
        try project.file("count.sh", counting)
        let run = try project.startOnTerminal("exec msctl run sh count.sh")
        #expect(run.prints("go"))
        run.type("\u{3}")
        #expect(run.prints("interrupted 1"))
        #expect(await run.end() == 5, "\(run.printed)")
        #expect(!run.printed.contains("interrupted 2"))
        project.expectNothingLeft()
    }

    @Test func `when msctl is killed the command and the stack go with it`() async throws {
        let project = try project()
        let run = try project.start("run", "--", "sh", "-c", "echo $$; exec sleep 1000")
        #expect(run.prints("\n"))
        let command = try #require(Int32(run.printed.trimmingCharacters(in: .newlines)))
        #expect(Processes.isAlive(command))
        let shim = try #require(ShimProcesses(lock: project.layout.daemonShimLock)?.shim)
        let killed = ContinuousClock.now
        run.send(SIGKILL)
        await run.end()
        #expect(Processes.waitForEnd(command))
        while !ProcessTable.marked(by: project.layout.root).isEmpty { usleep(1_000) }
        #expect(ContinuousClock.now - killed < .seconds(2))
        #expect(Processes.waitForEnd(shim))
        project.expectNothingLeft()
    }

    @Test func `a stack that does not come up runs nothing, and says why`() async throws {
        let project = try project(
            "  broken: { command: [\(BuiltProducts.fixtureService), \"say=no way\", exit-after=1, code=4] }")
        let result = try await project.expect(1, "run", "--", "touch", "ran")
        #expect(result.errors.contains("broken.1"))
        #expect(result.errors.contains("no way"))
        #expect(!FileManager.default.fileExists(atPath: project.path.appending("ran").string))
        project.expectNothingLeft()
    }

    @Test func `a stack that was up stays up`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let pid = try await project.pid("web-app")
        let result = try await project.expect(3, "run", "--", "sh", "-c", "exit 3")
        #expect(result.errors.contains("stack was up before and is left up"))
        #expect(try await project.pid("web-app") == pid)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `only what is asked for, and what that needs, comes up`() async throws {
        let project = try project(
            "  front: { command: [sleep, \"1000\"], depends_on: [web-app] }\n  other: { command: [sleep, \"1000\"] }")
        let msctl = BuiltProducts.path("msctl").string
        let result = try await project.expect(0, "run", "--service", "front", "--", msctl, "status", "-q")
        #expect(result.output == "front.1\nweb-app.1\n")
        project.expectNothingLeft()
    }

    @Test func `a command that is not there starts nothing`() async throws {
        let project = try project()
        let missing = try await project.expect(127, "run", "no-such-command")
        #expect(missing.errors.contains("no-such-command"))
        try project.file("plain.txt", "text")
        try await project.expect(126, "run", "./plain.txt")
        try await project.expect(64, "run")
        try await project.expect(64, "run", "--service", "wep-app", "true")
        #expect(!FileManager.default.fileExists(atPath: project.layout.root.string))
    }
}
