import Foundation
import Manifest
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@Suite struct `Secrets of services` {
    @Test func `a secret from a variable reaches its service as a file, and is kept nowhere else`() async throws {
        let stack = try Stack()
        let service = stack.service("a", "say=up") {
            $0.secrets = ["token"]
            $0.healthcheck = Probe(check: .log("up"))
        }
        var project = stack.project(service)
        project.secrets = [Secret(name: "token", source: .environment(variable: "T", value: "hunter2-hunter2"))]
        _ = try await stack.supervisor.up(project, services: [])
        let status = try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        let process = try #require(status.pid)
        let environment = try Data(contentsOf: URL(filePath: "/proc/\(process)/environ"))
        let entries = environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        #expect(entries.contains("TOKEN_FILE=\(stack.layout.secret("token"))"))
        #expect(try SecretStore(layout: stack.layout).read("token") == "hunter2-hunter2")
        try await stack.down()
        await stack.writer.flush()
        #expect(
            try StateReader(layout: stack.layout).project()?.secrets == [
                Secret(name: "token", source: .environment(variable: "T", value: nil))
            ])
        for name in ["state.db", "state.db-wal"] {
            // The second is not there after a checkpoint.
            let bytes = try AtomicFile.read(stack.layout.root.appending(name)) ?? []
            #expect(Data(bytes).range(of: Data("hunter2-hunter2".utf8)) == nil)
        }
    }
}
