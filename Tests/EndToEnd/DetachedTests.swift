import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// `up` without `--attach`: what was asked for is done whatever becomes of who asked.
@Suite(.timeLimit(.minutes(3))) struct DetachedTests {
    private func project() throws -> ProjectUnderTest {
        try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(BuiltProducts.fixtureService), http=1]
                ports: [auto]
                healthcheck: { http: /health, interval: 50ms }
              b: { command: [sleep, "1000"], depends_on: { a: { condition: service_healthy } } }
            """
        ])
    }

    @Test(arguments: [SIGKILL, SIGHUP, SIGINT])
    func `services come up although the command was ended right after it had asked`(signal: Int32) async throws {
        let project = try project()
        let up = try project.start("up")
        // The daemon has written down what is wanted.
        while try StateReader(layout: project.layout).project() == nil { usleep(200) }
        up.send(signal)
        await up.end()
        try await project.expect(0, "wait", "a", "b", "--timeout", "60s")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `services go on when their terminal is closed`() async throws {
        let project = try project()
        let terminal = try project.startOnTerminal("msctl up; sleep 1000")
        #expect(terminal.prints("2 instances up"))
        let pid = try await project.pid("a")
        // script(1) holds the terminal's other end: without it the terminal is gone, and who is on it gets SIGHUP.
        terminal.send(SIGKILL)
        await terminal.end()
        #expect(try await project.pid("a") == pid)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}
