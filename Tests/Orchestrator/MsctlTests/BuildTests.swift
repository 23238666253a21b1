import Foundation
import Manifest
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import msctl

@Suite struct BuildTests {
    private let directory = TemporaryDirectory()
    private var context: FilePath { directory.path.appending("src") }

    @Test func `a fingerprint changes with every file that counts, and with no other`() throws {
        _ = try directory.file("src/a/x.swift", "1")
        let first = try Fingerprint(of: context)
        #expect(try Fingerprint(of: context) == first)
        _ = try directory.file("src/.build/x", "1")
        _ = try directory.file("src/a/.hidden", "1")
        _ = try directory.file("src/out/program", "1")
        #expect(try Fingerprint(of: context, excluding: context.appending("out")) == first)
        _ = try directory.file("src/a/x.swift", "22")
        let second = try Fingerprint(of: context, excluding: context.appending("out"))
        #expect(second != first)
        _ = try directory.file("src/b.swift", "")
        #expect(try Fingerprint(of: context, excluding: context.appending("out")) != second)
    }

    @Test func `links are followed and a circle of them ends`() throws {
        _ = try directory.file("src/a/x", "1")
        try FileManager.default.createSymbolicLink(
            atPath: context.appending("a/again").string, withDestinationPath: context.string)
        try FileManager.default.createSymbolicLink(
            atPath: context.appending("nowhere").string, withDestinationPath: "/nonexistent")
        let outside = try directory.file("other/y", "1")
        let before = try Fingerprint(of: context)
        try FileManager.default.createSymbolicLink(
            atPath: context.appending("linked").string, withDestinationPath: outside.string)
        #expect(try Fingerprint(of: context) != before)
    }

    @Test func `a directory that is not there is a failure`() {
        #expect(throws: CommandFailure.self) { try Fingerprint(of: "/nonexistent") }
    }

    @Test func `what is up to date is not run again, what changed is`() async throws {
        _ = try directory.file("src/x", "1")
        let service = service("mkdir -p out && echo run >> ../runs && cp x out/program")
        #expect(try await builder.build([service, service]) == .init(built: ["s, s"], upToDate: []))
        #expect(try await builder.build([service]) == .init(built: [], upToDate: ["s"]))
        _ = try directory.file("src/x", "22")
        #expect(try await builder.build([service]).built == ["s"])
        #expect(try runs() == 2)
    }

    @Test func `a program that is gone or another one is built again`() async throws {
        _ = try directory.file("src/x", "1")
        let service = service("mkdir -p out && echo run >> ../runs && cp x out/program")
        _ = try await builder.build([service])
        _ = try directory.file("src/out/program", "something else")
        #expect(try await builder.build([service]).built == ["s"])
        try FileManager.default.removeItem(atPath: context.appending("out").string)
        #expect(try await builder.build([service]).built == ["s"])
        #expect(try runs() == 3)
    }

    @Test func `a failing build tells its errors and is tried again`() async throws {
        _ = try directory.file("src/x", "1")
        let service = service("echo '[1/2] Compiling x'; echo 'x:1: error: no such thing' >&2; exit 3")
        for _ in 1...2 {
            await #expect {
                _ = try await builder.build([service])
            } throws: { error in
                let failure = error as? CommandFailure
                return failure?.exitCode == 1 && failure?.message == "s cannot be built (exit code 3)"
                    && failure?.details == ["x:1: error: no such thing"]
            }
        }
    }

    @Test func `a build command that is not there is a failure`() async throws {
        _ = try directory.file("src/x", "1")
        var service = service("")
        service.build?.recipe = .command(["no-such-program-here"])
        await #expect(throws: CommandFailure.self) { _ = try await builder.build([service]) }
    }

    @Test func `Swift products are called one by one with their flags`() {
        let build = Build(
            recipe: .swift(product: "a", configuration: "release", flags: ["-Xswiftc", "-O"]), context: "/p",
            output: "/p/.build/release")
        var service = Service(name: "a", command: ["a"], workingDirectory: "/p")
        service.build = build
        let unit = BuildUnit.units(of: [service])[0]
        #expect(unit.command == ["swift", "build", "-c", "release", "--product", "a", "-Xswiftc", "-O"])
        #expect(unit.programs == ["/p/.build/release/a"])
        #expect(unit.name == "a")
    }

    @Test func `errors are shown from the first on, each once`() {
        let lines = [
            "Building for debugging...", "[1/3] Compiling a", "warning: x", "a.swift:1:1: error: b", "1 | code",
            "a.swift:1:1: error: b", "2 | code",
        ]
        #expect(BuildOutput.errors(in: lines) == ["a.swift:1:1: error: b", "1 | code", "2 | code"])
        #expect(BuildOutput.errors(in: ["[1/3] x", "killed"]) == ["killed"])
    }

    private var builder: Builder {
        Builder(
            layout: StateLayout(projectDirectory: directory.path),
            console: Console(isQuiet: true, noColor: true, environment: [:]),
            environment: ["PATH": "/usr/bin:/bin"])
    }

    private func service(_ script: String) -> Service {
        var service = Service(name: "s", command: ["program"], workingDirectory: directory.path.string)
        service.build = Build(
            recipe: .command(["sh", "-c", script]), context: context.string, output: context.appending("out").string)
        return service
    }

    private func runs() throws -> Int {
        try String(contentsOfFile: directory.path.appending("runs").string, encoding: .utf8)
            .split(separator: "\n").count
    }
}
