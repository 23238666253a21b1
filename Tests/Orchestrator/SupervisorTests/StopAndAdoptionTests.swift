import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct StopAndAdoptionTests {
    private func grandchild(_ stack: Stack, _ name: String, run: Int = 1) throws -> Int32 {
        let file = stack.layout.run(run, of: InstanceID(service: name, replica: 1)).standardOutput
        let text = String(decoding: try AtomicFile.read(file) ?? [], as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("grandchild ") })
        return try #require(Int32(line.dropFirst("grandchild ".count)))
    }

    @Test func `a service that ignores SIGTERM is killed when its grace period is over`() async throws {
        let stack = try Stack()
        try await stack.up(stack.service("a", "ignore-term=1", "say=up") { $0.healthcheck = Probe(check: .log("up")) })
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        try await stack.down(grace: 100)
        #expect(!Processes.isAlive(try #require(status.pid)))
        #expect(stack.layout.run(1, of: status.instance).exit?.status == .signal(9))
    }

    @Test func `a grandchild in a session of its own does not outlive a stop`() async throws {
        let stack = try Stack()
        try await stack.up(
            stack.service("a", "grandchild=1") { $0.healthcheck = Probe(check: .log("grandchild \\d+")) })
        try await stack.wait(for: "a", "running") { $0.state == .running }
        let escaped = try grandchild(stack, "a")
        #expect(Processes.isAlive(escaped))
        try await stack.down(grace: 100)
        #expect(!Processes.isAlive(escaped))
        #expect(ProcessTable.marked(by: stack.layout.root).isEmpty)
    }

    @Test func `a daemon that nobody asks for anything ends`() async throws {
        let (ends, end) = AsyncStream<Void>.makeStream()
        let stack = try Stack(whenEmpty: { end.finish() })
        await stack.supervisor.adopt([], patience: 50)
        for await _ in ends {}
    }

    @Test func `a daemon that somebody watches waits for what they wait for`() async throws {
        let (ends, end) = AsyncStream<Void>.makeStream()
        let hasEnded = Mutex(false)
        let stack = try Stack(whenEmpty: {
            hasEnded.withLock { $0 = true }
            end.finish()
        })
        var updates: AsyncStream<SupervisorUpdate>? = await stack.supervisor.watch()
        await stack.supervisor.adopt([], patience: 20)
        try await Task.sleep(for: .milliseconds(100))
        #expect(updates != nil && !hasEnded.withLock { $0 })
        updates = nil
        for await _ in ends {}
    }

    @Test func `a daemon that looks after something stays`() async throws {
        let hasEnded = Mutex(false)
        let stack = try Stack(whenEmpty: { hasEnded.withLock { $0 = true } })
        try await stack.up(stack.service("a"))
        await stack.supervisor.adopt([], patience: 1)
        let probe = stack.service("b") { $0.healthcheck = Probe(check: .exec(["sleep 0.1"])) }
        try await stack.up(stack.service("a"), probe)
        try await stack.wait(for: "b", "running") { $0.state == .running }
        #expect(!hasEnded.withLock { $0 })
        try await stack.down()
    }

    @Test func `a stop in the first moments of a start leaves a run with an end`() async throws {
        let stack = try Stack()
        for _ in 0..<20 {
            try await stack.up(stack.service("a"))
            _ = try await stack.supervisor.stop(services: [], grace: nil, forget: false)
            try await stack.wait(for: "a", "stopped") { $0.state == .stopped }
        }
        let runs = stack.layout.allRuns(of: InstanceID(service: "a", replica: 1))
        #expect(!runs.isEmpty && runs.allSatisfy { $0.exit?.status == .signal(SIGTERM) })
        try await stack.down()
    }

    @Test func `a crash leaves nothing of the old run beside the new one`() async throws {
        let stack = try Stack()
        try await stack.up(
            stack.service("a", "grandchild=1") {
                $0.restart = RestartPolicy(condition: .always)
                $0.healthcheck = Probe(check: .log("grandchild \\d+"))
            })
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        let escaped = try grandchild(stack, "a")
        kill(try #require(first.pid), SIGKILL)
        try await stack.wait(for: "a", "running again") { $0.state == .running && $0.run == 2 }
        #expect(!Processes.isAlive(escaped))
        try await stack.down(grace: 100)
    }

    @Test func `what a killed shim leaves behind is ended before the next run`() async throws {
        let stack = try Stack()
        try await stack.up(
            stack.service("a", "grandchild=1") {
                $0.restart = RestartPolicy(condition: .onFailure)
                $0.healthcheck = Probe(check: .log("grandchild \\d+"))
            })
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        let escaped = try grandchild(stack, "a")
        let shim = try #require(stack.layout.run(1, of: first.instance).processes?.shim)
        kill(shim, SIGKILL)
        let second = try await stack.wait(for: "a", "running again") { $0.state == .running && $0.run == 2 }
        #expect(second.restarts == 1)
        #expect(!Processes.isAlive(escaped))
        #expect(!Processes.isAlive(try #require(first.pid)))
        try await stack.down(grace: 100)
    }

    @Test func `the next daemon adopts the same processes`() async throws {
        let first = try Stack()
        let service = first.service("a", "http=1") {
            $0.ports = [.auto]
            $0.healthcheck = Probe(check: .tcp)
            $0.restart = RestartPolicy(condition: .onFailure)
        }
        try await first.up(service)
        let before = try await first.wait(for: "a", "healthy") { $0.health == .healthy }
        await first.writer.flush()
        first.kill()
        let second = try await Stack(adopting: first)
        let after = try await second.wait(for: "a", "adopted") { $0.state == .running }
        #expect(after.pid == before.pid)
        #expect(after.run == before.run)
        #expect(after.health == .healthy)
        _ = try await second.supervisor.up(first.project(service), services: [])
        #expect(await second.supervisor.statuses().first?.pid == before.pid)
        try await second.down()
        #expect(!Processes.isAlive(try #require(before.pid)))
    }

    @Test func `what ended while no daemon ran is noticed by the next, with its exit status`() async throws {
        let first = try Stack()
        try await first.up(first.service("a"))
        let before = try await first.wait(for: "a", "running") { $0.state == .running }
        await first.writer.flush()
        // The first daemon is not told any more: as if it had been killed before the exit.
        let stored = try StateReader(layout: first.layout).storedStatuses()
        kill(try #require(before.pid), SIGKILL)
        try await first.wait(for: "a", "ended") { $0.state == .exited }
        await first.writer.flush()
        let second = try await Stack(adopting: first, as: stored)
        let after = try await second.wait(for: "a", "ended") { $0.state == .exited }
        #expect(after.exit == .signal(9))
    }

    @Test(arguments: [InstanceState.stopping, .stopped])
    func `a restart whose run began before the daemon was killed is not done twice`(last: InstanceState) async throws {
        let first = try Stack()
        let service = first.service("a")
        try await first.up(service)
        var stored = try await first.wait(for: "a", "running") { $0.state == .running }
        _ = try await first.supervisor.restart(first.project(service), services: [], grace: nil)
        let before = try await first.wait(for: "a", "running again") { $0.state == .running && $0.run == 2 }
        first.kill()
        // The last that was written down: the first run was to be started again.
        stored.state = last
        stored.wanted = last == .stopping
        stored.stop = StopIntent(grace: nil, startAgain: true)
        let second = try await Stack(adopting: first, as: [stored])
        let after = try await second.wait(for: "a", "adopted") { $0.state == .running }
        #expect(after.run == 2)
        #expect(after.pid == before.pid)
        #expect(after.stop == nil)
        try await second.down()
    }

    @Test func `a process that has taken a dead run's number is left alone`() async throws {
        let stranger = try SpawnedProcess("/bin/sleep", ["60"])
        defer {
            stranger.send(SIGKILL)
            stranger.wait()
        }
        let first = try Stack()
        try await first.up(first.service("a", "exit-after=1"))
        var status = try await first.wait(for: "a", "ended") { $0.state == .exited }
        first.kill()
        // As after a reboot: the row says running, the numbers are another's, nobody holds the lock.
        let run = first.layout.run(1, of: status.instance)
        try AtomicFile.remove(run.exitRecord)
        try AtomicFile.write(Array("\(stranger.pid) \(stranger.pid)\n".utf8), to: run.shimLock)
        status.state = .running
        status.pid = stranger.pid
        let second = try await Stack(adopting: first, as: [status])
        let after = try await second.wait(for: "a", "ended") { $0.state == .exited }
        #expect(after.exit == .unknown)
        try await second.down()
        #expect(Processes.isAlive(stranger.pid))
    }

    @Test func `status without a daemon calls nothing dead running`() async throws {
        let stack = try Stack()
        try await stack.up(stack.service("a") { $0.restart = RestartPolicy(condition: .never) })
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        await stack.writer.flush()
        let reader = StateReader(layout: stack.layout)
        #expect(try reader.statuses().map(\.state) == [.running])
        let shim = try #require(stack.layout.run(1, of: status.instance).processes?.shim)
        kill(try #require(status.pid), SIGKILL)
        #expect(Processes.waitForEnd(shim))
        #expect(try reader.statuses().map(\.state) == [.exited])
        #expect(try reader.statuses().first?.exit == .signal(9))
    }
}
