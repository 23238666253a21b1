import CLinux
import Foundation
import Manifest
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EditedManifestTests {
    private func write(_ stack: Stack, colour: String, restart: String = "always") throws -> FilePath {
        let directory = stack.directory.path.appending("manifests")
        try AtomicFile.makeDirectory(directory)
        let text = """
            services:
              a:
                command: [\(BuiltProducts.fixtureService)]
                environment: { COLOUR: \(colour) }
                restart: \(restart)
            """
        try AtomicFile.write(Array(text.utf8), to: directory.appending("a.yaml"))
        return directory
    }

    private func load(_ stack: Stack) throws -> Project {
        try ManifestLoader(
            projectDirectory: stack.directory.path, environment: [:], currentDirectory: stack.directory.path
        ).load().project
    }

    private func colour(_ stack: Stack, run: Int) throws -> String? {
        let path = stack.layout.run(run, of: InstanceID(service: "a", replica: 1)).spec
        let bytes = try #require(try AtomicFile.read(path))
        return try JSONDecoder().decode(LaunchSpec.self, from: Data(bytes)).environment["COLOUR"]
    }

    @Test func `an automatic restart uses the manifest as it is by then`() async throws {
        let stack = try Stack()
        _ = try write(stack, colour: "red")
        _ = try await stack.supervisor.up(try load(stack), services: [])
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        _ = try write(stack, colour: "blue")
        kill(try #require(first.pid), SIGKILL)
        try await stack.wait(for: "a", "running again") { $0.state == .running && $0.run == 2 }
        #expect(try colour(stack, run: 2) == "blue")
        try await stack.down()
    }

    @Test func `a manifest that is wrong just now does not keep a service down`() async throws {
        let stack = try Stack()
        let directory = try write(stack, colour: "red")
        _ = try await stack.supervisor.up(try load(stack), services: [])
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        try AtomicFile.write(Array("services: [".utf8), to: directory.appending("a.yaml"))
        kill(try #require(first.pid), SIGKILL)
        try await stack.wait(for: "a", "running again") { $0.state == .running && $0.run == 2 }
        #expect(try colour(stack, run: 2) == "red")
        try await stack.down()
    }
}
