import CLinux
import Foundation
import ProcessTable
import SystemPackage
import TestSupport
import Testing

@Suite struct ProcessTableTests {
    @Test func `a process knows its own parent, session and command`() throws {
        let stat = try #require(ProcessTable.stat(of: getpid()))
        #expect(stat.parent == getppid())
        #expect(stat.session == getsid(0))
        #expect(ProcessTable.command(of: getpid())?.isEmpty == false)
        #expect(ProcessTable.stat(of: 0) == nil)
    }

    @Test func `the owner of a port is found by its socket`() throws {
        let descriptor = clinux_tcp_socket(0)
        defer { close(descriptor) }
        #expect(listen(descriptor, 1) == 0)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        let port = UInt16(bigEndian: address.sin_port)
        #expect(ProcessTable.portOwner(port)?.pid == getpid())
        #expect(ProcessTable.isListening(port))
    }

    @Test func `a mark is found in the environment of whatever inherited it`() throws {
        let root = FilePath("/tmp/mark-\(UInt64.random(in: 0 ... .max))")
        let process = try SpawnedProcess(
            "/bin/sh", ["-c", "sleep 60 & wait"],
            environment: [
                ProcessTable.markVariable: ProcessTable.mark(stateRoot: root, instance: "a.1", run: 2),
                "PATH": "/usr/bin:/bin",
            ])
        var found = ProcessTable.marked(by: root)
        while found.count < 2 { found = ProcessTable.marked(by: root) }
        #expect(found.allSatisfy { $0.instance == "a.1" && $0.run == "a.1/2" })
        #expect(ProcessTable.marked(by: root, run: "a.1/3").isEmpty)
        #expect(ProcessTable.tree(of: process.pid).count == 2)
        for marked in found { kill(marked.pid, SIGKILL) }
        process.wait()
    }

    @Test func `usage covers the tree`() {
        let usage = ProcessTable.usage(ofTree: getpid())
        #expect((usage?.residentBytes ?? 0) > 1 << 20)
        #expect((usage?.cpuCores ?? -1) >= 0)
        #expect(ProcessTable.usage(ofTree: -1) == nil)
    }
}
