import CLinux
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AttachmentTests {
    private func reference(_ pid: Int32) throws -> ProcessReference {
        ProcessReference(pid: pid, startTicks: try #require(ProcessTable.stat(of: pid)).startTicks)
    }

    @Test func `everything goes with the process it is attached to, within two seconds`() async throws {
        let stack = try Stack()
        let owner = try SpawnedProcess("/bin/sleep", ["60"])
        let service = stack.service("a", "ignore-term=1", "say=up") { $0.healthcheck = Probe(check: .log("up")) }
        _ = try await stack.supervisor.up(
            stack.project(service), services: [], attachedTo: try reference(owner.pid))
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let killed = ContinuousClock.now
        owner.send(SIGKILL)
        owner.wait()
        for await _ in await stack.supervisor.watch() where await stack.supervisor.statuses().isEmpty { break }
        #expect(ContinuousClock.now - killed < .seconds(2))
        #expect(!Processes.isAlive(try #require(status.pid)))
    }

    @Test func `a next daemon notices that the process has ended meanwhile`() async throws {
        let first = try Stack()
        let owner = try SpawnedProcess("/bin/sleep", ["60"])
        _ = try await first.supervisor.up(
            first.project(first.service("a")), services: [], attachedTo: try reference(owner.pid))
        let status = try await first.wait(for: "a", "running") { $0.state == .running }
        first.kill()
        owner.send(SIGKILL)
        owner.wait()
        let second = try await Stack(adopting: first)
        for await _ in await second.supervisor.watch() where await second.supervisor.statuses().isEmpty { break }
        #expect(!Processes.isAlive(try #require(status.pid)))
    }

    @Test func `a process that has taken the number of another is not attached to`() async throws {
        let stack = try Stack()
        let owner = try SpawnedProcess("/bin/sleep", ["60"])
        defer {
            owner.send(SIGKILL)
            owner.wait()
        }
        var other = try reference(owner.pid)
        other.startTicks += 1
        await #expect(throws: SupervisorError.self) {
            _ = try await stack.supervisor.up(stack.project(), services: [], attachedTo: other)
        }
    }
}
