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

    @Test func `nothing left is nothing left`() {
        let left = Leftovers.now(layout, ports: [FreePort.choose()], pids: [])
        #expect(left.isEmpty)
        #expect(left.summary == "0 processes, 0 ports, 0 sockets left")
    }

    @Test func `a process of the project is named until it is gone`() throws {
        let mark = ProcessTable.mark(stateRoot: layout.root, instance: "a.1", run: 4)
        let child = try ChildProcess.start(
            "sleep", arguments: ["60"], directory: "/", environment: [ProcessTable.markVariable: mark], output: .null)
        let left = Leftovers.now(layout, ports: [], pids: [])
        #expect(left.lines == ["process \(child.pid) of a.1/4: sleep 60"])
        #expect(left.summary == "1 process, 0 ports, 0 sockets left")
        #expect(Leftovers.now(layout, ports: [], pids: [], services: ["b"]).isEmpty)
        kill(child.pid, SIGKILL)
        #expect(child.wait() == 128 + 9)
        #expect(Leftovers.now(layout, ports: [], pids: []).isEmpty)
    }

    @Test func `a port counts when one of the project's processes holds it, and not otherwise`() throws {
        let server = try TestServer { $0.waitForEnd() }
        #expect(Leftovers.now(layout, ports: [server.port], pids: []).isEmpty)
        let left = Leftovers.now(layout, ports: [server.port], pids: [getpid()])
        #expect(left.ports.map(\.port) == [server.port])
        #expect(left.lines[0].hasPrefix("port \(server.port), held by process \(getpid()): "))
    }

    @Test func `a control socket is named`() throws {
        _ = try directory.file(".msctl/control.sock", "")
        #expect(Leftovers.now(layout, ports: [], pids: []).lines == ["socket \(layout.controlSocket)"])
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
