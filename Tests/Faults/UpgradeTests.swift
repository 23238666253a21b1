import CLinux
import Foundation
import GRDB
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// A daemon finds what one of another version has left.
@Suite(.timeLimit(.minutes(2))) struct UpgradeTests {
    @Test func `what a version of other words has started is taken over, and down ends it`() async throws {
        let project = try project()
        let before = try StateReader(layout: project.layout).statuses()
        try await change(project)
        let after = try StateReader(layout: project.layout).statuses()
        #expect(after.map(\.pid) == before.map(\.pid))
        #expect(after.map(\.port) == before.map(\.port))
        #expect(try Endpoints.read(project.layout).services["web"]?.count == 1)
        try await project.expect(0, "status")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `the next up says anew what is wanted, and a kill after it is restarted`() async throws {
        let project = try project()
        try await change(project)
        try await project.expect(0, "up")
        let pid = try #require(try project.status(of: "web.1")?.pid)
        kill(pid, SIGKILL)
        while try project.status(of: "web.1")?.pid == pid { usleep(10_000) }
        try await project.expect(0, "wait", "web", "--for", "healthy", "--timeout", "30")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    private func project() throws -> ProjectUnderTest {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              web:
                command: [\(BuiltProducts.fixtureService), http=1]
                ports: [auto]
                restart: on-failure
                healthcheck: { http: /health }
              job: { command: [\(BuiltProducts.fixtureService)] }
            """
        ])
        let up = try project.start(["up"]).wait()
        #expect(up.code == 0, "\(up)")
        return project
    }

    /// Has everything that is written down say less, kills the daemon, and waits for the next.
    private func change(_ project: ProjectUnderTest) async throws {
        let layout = project.layout
        let daemon = try #require(project.daemonPID)
        kill(daemon, SIGSTOP)
        try await DatabaseQueue(path: layout.database.string).write { db in
            try db.execute(sql: "UPDATE desired SET project = json_object('name', name, 'words', 'other')")
            try db.execute(
                sql: """
                    UPDATE instances SET status = json_object(
                        'instance', json_extract(status, '$.instance'), 'state', json_extract(status, '$.state'),
                        'run', run, 'pid', pid, 'words', 'other')
                    """)
        }
        for run in layout.instances.flatMap({ layout.allRuns(of: $0) }) {
            let bytes = try #require(try AtomicFile.read(run.spec))
            var spec = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            spec["service"] = ["words": "other"]
            try AtomicFile.write(Array(try JSONSerialization.data(withJSONObject: spec)), to: run.spec)
        }
        kill(daemon, SIGKILL)
        while true {
            if case .running(let pid, _) = StateReader(layout: layout).daemon(), pid != daemon { break }
            usleep(1_000)
        }
        try await project.expect(0, "wait", "web", "--for", "running", "--timeout", "30")
    }
}
