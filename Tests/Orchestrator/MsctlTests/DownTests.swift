import CLinux
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import msctl

@Suite struct DownTests {
    private let directory = TemporaryDirectory()
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }

    private func left(_ footprint: ProjectFootprint = ProjectFootprint(), services: [String] = []) -> Leftovers {
        Leftovers.now(layout, footprint, services: services)
    }

    private func known(_ pid: Int32, _ owner: String) throws -> ProjectFootprint.Known {
        .init(startTicks: try #require(ProcessTable.stat(of: pid)).startTicks, owner: owner)
    }

    @Test func `nothing left is nothing left`() {
        var footprint = ProjectFootprint()
        footprint.ports = [FreePort.choose()]
        let left = left(footprint)
        #expect(left.isEmpty)
        #expect(left.summary == "0 processes, 0 ports, 0 sockets left")
        #expect(left.checked == "0 processes in 0 sessions, 1 port, 1 socket")
    }

    @Test func `a process of the project is named until it is gone`() throws {
        let mark = ProcessTable.mark(stateRoot: layout.root, instance: "a.1", run: 4)
        let child = try ChildProcess.start(
            "sleep", arguments: ["60"], directory: "/", environment: [ProcessTable.markVariable: mark], output: .null)
        // posix_spawn(3) returns when the old image is gone, which may be before the new one shows its words.
        while left().isEmpty { sched_yield() }
        #expect(left().lines == ["process \(child.pid) of a.1/4: sleep 60"])
        #expect(left().summary == "1 process, 0 ports, 0 sockets left")
        #expect(left(services: ["b"]).isEmpty)
        kill(child.pid, SIGKILL)
        #expect(child.wait() == 128 + 9)
        #expect(left().isEmpty)
    }

    @Test func `a process without the mark is known again when it was seen before, and never taken for another`() throws
    {
        let child = try ChildProcess.start("sleep", arguments: ["60"], directory: "/", environment: [:], output: .null)
        while ProcessTable.command(of: child.pid) != "sleep 60" { sched_yield() }
        #expect(left().isEmpty)
        var footprint = ProjectFootprint()
        footprint.processes[child.pid] = try known(child.pid, "a.1/4")
        #expect(left(footprint).lines == ["process \(child.pid) of a.1/4: sleep 60"])
        footprint.processes[child.pid] = .init(startTicks: 1, owner: "a.1/4")
        #expect(left(footprint).isEmpty)
        kill(child.pid, SIGKILL)
        #expect(child.wait() == 128 + 9)
    }

    @Test func `who is left in a run's session is found without a mark and without having been seen`() throws {
        // setsid(1) makes the session, whose leader is the shell; sleep is its child.
        let child = try ChildProcess.start(
            "setsid", arguments: ["sh", "-c", "sleep 60 & wait"], directory: "/",
            environment: ["PATH": "/usr/bin:/bin"],
            output: .null)
        while ProcessTable.members(ofSession: child.pid).count < 2 { sched_yield() }
        var footprint = ProjectFootprint()
        footprint.sessions[child.pid] = try known(child.pid, "a.1/4")
        let found = left(footprint)
        #expect(Set(found.processes.map(\.pid)) == Set(ProcessTable.members(ofSession: child.pid)))
        #expect(found.processes.allSatisfy { $0.owner == "a.1/4" })
        footprint.sessions[child.pid] = .init(startTicks: 1, owner: "a.1/4")
        #expect(left(footprint).isEmpty)
        for pid in found.processes.map(\.pid) { kill(pid, SIGKILL) }
        #expect(child.wait() == 128 + 9)
    }

    @Test func `a port counts when one of the project's processes holds it, and not otherwise`() throws {
        let server = try TestServer { $0.waitForEnd() }
        var footprint = ProjectFootprint()
        footprint.ports = [server.port]
        #expect(left(footprint).isEmpty)
        footprint.processes[getpid()] = try known(getpid(), "a.1/4")
        let found = left(footprint)
        #expect(found.ports.map(\.port) == [server.port])
        #expect(found.lines.contains { $0.hasPrefix("port \(server.port), held by process \(getpid()): ") })
    }

    @Test func `a control socket is named, and a socket that a service was handed`() throws {
        _ = try directory.file(".msctl/control.sock", "")
        var footprint = ProjectFootprint()
        footprint.sockets = [try directory.file("web.sock", ""), directory.path.appending("gone.sock")]
        #expect(
            left(footprint).lines == [
                "socket \(layout.controlSocket)", "socket \(directory.path.appending("web.sock"))",
            ])
    }

    @Test func `a child gets the given environment, directory and streams, and nothing else`() throws {
        let log = try directory.file("log", "")
        let descriptor = try FileDescriptor.open(log, .writeOnly)
        let child = try ChildProcess.start(
            "/bin/sh", arguments: ["-c", "echo $A; pwd; ls /proc/self/fd | wc -l; echo err >&2; exit 7"],
            directory: "/usr", environment: ["A": "1"], output: .descriptor(descriptor.rawValue))
        try descriptor.close()
        #expect(child.wait() == 7)
        // stdin, stdout, stderr, and the directory that ls itself reads.
        #expect(TextTail.lines(of: log, count: 4) == ["1", "/usr", "4", "err"])
        #expect(throws: ChildError.self) {
            try ChildProcess.start("/nonexistent", arguments: [], directory: "/", environment: [:], output: .null)
        }
    }
}
