import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import msctl

/// The parts of commands that hold the stack while they run.
@Suite(.timeLimit(.minutes(1))) struct ForegroundTests {
    private let directory = TemporaryDirectory()

    @Test func `a latch tells its first value to all who wait, before and after`() async {
        let latch = Latch<Int>()
        async let early = latch.value()
        latch.set(1)
        latch.set(2)
        #expect(await early == 1)
        #expect(await latch.value() == 1)
    }

    @Test func `who waits at a latch can be called off`() async {
        let latch = Latch<Int>()
        let waiting = Task { await latch.value() }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }

    @Test func `the first that has something to say wins a race, and the others are called off`() async {
        let latch = Latch<Int>()
        #expect(await Race.first({ nil }, { 7 }, { await latch.value() }) == 7)
        #expect(await Race.first({ nil as Int? }, { nil }) == nil)
    }

    @Test func `signals come in order, to all who wait, with their sender`() async throws {
        let signals = try CaughtSignals.catching([SIGUSR1, SIGUSR2])
        kill(getpid(), SIGUSR1)
        let first = await signals.next(after: 0)
        #expect(first == CaughtSignals.Arrival(number: SIGUSR1, isFromTerminal: false, count: 1))
        async let second = signals.next(after: 1)
        async let usr2 = signals.next(after: 0) { $0.number == SIGUSR2 }
        kill(getpid(), SIGUSR2)
        #expect(await second?.number == SIGUSR2)
        #expect(await usr2?.count == 2)
        #expect(signals.count == 2)
        let waiting = Task { await signals.next(after: 2) }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }

    @Test func `a program is found on PATH, or by its path from the directory`() throws {
        let tool = try directory.file("bin/tool", "#!/bin/sh\n")
        _ = try directory.file("first/tool", "no program")
        chmod(tool.string, 0o755)
        let find = { name throws(CommandFailure) in
            try ForegroundCommand.find(
                name, directory: directory.path, path: "first:\(directory.path)/bin:/nonexistent")
        }
        #expect(try find("tool") == tool)
        #expect(try find("bin/tool") == tool)
        #expect { _ = try find("first/tool") } throws: { ($0 as? CommandFailure)?.exitCode == 126 }
        #expect { _ = try find("bin") } throws: { ($0 as? CommandFailure)?.exitCode == 127 }
        #expect { _ = try find("none") } throws: { ($0 as? CommandFailure)?.exitCode == 127 }
    }

    @Test func `a command gets its directory and environment, default signals, and gives its code`() async throws {
        let script = try directory.file("script", "#!/bin/sh\npwd > out; echo $A >> out; kill -TERM $$\n")
        chmod(script.string, 0o755)
        let command = try await ForegroundCommand.start(
            ["./script"], directory: directory.path, environment: ["A": "1", "PATH": "/usr/bin:/bin"])
        #expect(await command.wait() == 128 + SIGTERM)
        #expect(TextTail.lines(of: directory.path.appending("out"), count: 3) == [directory.path.string, "1"])
        let text = try directory.file("text", "\u{7F}ELF no program")
        chmod(text.string, 0o755)
        await #expect {
            _ = try await ForegroundCommand.start(["./text"], directory: directory.path, environment: [:])
        } throws: {
            ($0 as? CommandFailure)?.exitCode == 126
        }
    }

    @Test func `a command is told where the services are, over what its caller has`() {
        let project = Project(
            name: "p", directory: "/p",
            services: ["user-service", "worker"].map { Service(name: $0, command: ["x"], workingDirectory: "/") })
        let endpoints = Endpoints(services: [
            "user-service": [
                .init(instance: "user-service.1", url: "http://127.0.0.1:1"),
                .init(instance: "user-service.2", url: "http://127.0.0.1:2"),
            ],
            "gone": [.init(instance: "gone.1", url: "http://127.0.0.1:3")],
        ])
        let environment = CommandEnvironment.make(
            ["HOME": "/h", "USER_SERVICE_URL": "old"], project, StateLayout(projectDirectory: "/p"), endpoints)
        #expect(
            environment == [
                "HOME": "/h", "USER_SERVICE_URL": "http://127.0.0.1:1", "MSCTL_ENDPOINTS": "/p/.msctl/endpoints.json",
            ])
    }

    @Test func `this process is known by its number and its start`() throws {
        let own = try ProcessReference.own()
        #expect(own.pid == getpid())
        #expect(own.startTicks == ProcessTable.stat(of: getpid())?.startTicks)
    }
}
