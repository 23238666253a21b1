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

    @Test(arguments: [UInt32(0x7F00_0001), 0])
    func `who accepts on loopback is found by its socket`(address: UInt32) throws {
        let (descriptor, port) = try listener(on: address)
        defer { close(descriptor) }
        let listener = try #require(Listeners().onLoopback(port).first)
        #expect(ProcessTable.sockets(of: getpid())?.contains(listener.inode) == true)
        #expect(ProcessTable.owner(ofAnyOf: [listener.inode])?.pid == getpid())
        #expect(listener.user == getuid())
    }

    @Test func `a listener on another address is none on loopback, and the exact address goes before any`() throws {
        let (other, port) = try listener(on: 0x7F00_0002)
        defer { close(other) }
        #expect(Listeners().onLoopback(port).isEmpty)
        let (exact, _) = try listener(on: 0x7F00_0001, port)
        defer { close(exact) }
        #expect(Listeners().onLoopback(port).count == 1)
    }

    @Test func `a process that is not there has no sockets`() {
        #expect(ProcessTable.sockets(of: -1) == nil)
        #expect(ProcessTable.owner(ofAnyOf: []) == nil)
    }

    /// A listening socket on an address, on a port of the kernel's choice or a given one.
    private func listener(on address: UInt32, _ port: UInt16 = 0) throws -> (Int32, UInt16) {
        let descriptor = clinux_tcp_socket(0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = address.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 1) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(isListening)
        return (descriptor, UInt16(bigEndian: name.sin_port))
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

    @Test func `what a child has used stays counted when it has ended`() throws {
        let before = try #require(ProcessTable.usage(ofTree: getpid()))
        try SpawnedProcess("/bin/sh", ["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"], environment: [:])
            .wait()
        let after = try #require(ProcessTable.usage(ofTree: getpid()))
        #expect(after.totalCPUSeconds - after.cpuSeconds > before.totalCPUSeconds - before.cpuSeconds)
    }

    @Test func `a process knows when it was started, always the same`() throws {
        let clock = try #require(BootClock())
        let start = try #require(clock.start(of: getpid()))
        #expect(abs(Date().timeIntervalSince1970 - start.age - start.time) < 2)
        #expect(BootClock()?.start(of: getpid())?.time == start.time)
        #expect(clock.start(of: -1) == nil)
    }
}
