import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import Supervisor

@Suite(.timeLimit(.minutes(1))) struct CgroupTests {
    private static let isPossible = CgroupPlace.find() != nil

    private func group(of pid: Int32) throws -> String {
        let text = String(decoding: try AtomicFile.read(FilePath("/proc/\(pid)/cgroup")) ?? [], as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("0::") })
        return String(line.dropFirst(3))
    }

    @Test(.enabled(if: isPossible)) func `a service is in a group of its run, its shim is not`() async throws {
        let stack = try Stack()
        try await stack.up(stack.service("a"))
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let path = try #require(stack.cgroups?.path)
        let name = try #require(FilePath(path).lastComponent?.string)
        #expect(try group(of: try #require(status.pid)).hasSuffix("/\(name)/a.1.1"))
        let shim = try #require(stack.layout.run(1, of: status.instance).processes?.shim)
        #expect(try group(of: shim) == group(of: getpid()))
        try await stack.down()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(.enabled(if: isPossible)) func `groups that a service makes in its own go with it`() async throws {
        let stack = try Stack()
        let path = try #require(stack.cgroups?.path)
        let script = "mkdir -p \(path)/a.1.1/inner/most && echo $$ > \(path)/a.1.1/inner/most/cgroup.procs && echo in"
        try await stack.up(
            stack.service("a") {
                $0.command = ["/bin/sh", "-c", script + "; sleep 1000"]
                $0.healthcheck = Probe(check: .log("^in$"))
            })
        try await stack.wait(for: "a", "running") { $0.state == .running }
        try await stack.down(grace: 100)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a limit that cannot be enforced is told beside the state`() async throws {
        let stack = try Stack(cgroups: false)
        try await stack.up(
            stack.service("a") {
                $0.limits.memoryBytes = 64_000_000
                $0.limits.pids = 20
            })
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let wanted = "memory limit of 64000000 bytes, limit of 20 processes"
        #expect(status.reason?.hasPrefix("not enforced: \(wanted)") == true)
        try await stack.down()
    }

    @Test(.enabled(if: isPossible)) func `each limit is enforced or told, never neither`() async throws {
        let stack = try Stack()
        let path = try #require(stack.cgroups?.path)
        let place = try #require(CgroupPlace.find())
        try await stack.up(
            stack.service("a") {
                $0.limits.memoryBytes = 64_000_000
                $0.limits.pids = 20
                $0.limits.cpus = 0.5
            })
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let told = status.reason ?? ""
        for (controller, file, text, words) in [
            ("memory", "memory.max", "63999", "memory limit of 64000000 bytes"),
            ("pids", "pids.max", "20", "of 20 processes"),
            ("cpu", "cpu.max", "50000 100000", "limit of 0.5 processor cores"),
        ] {
            if place.controllers.contains(controller) {
                let set = KernelFile.read("\(path)/a.1.1/\(file)") ?? ""
                #expect(set.hasPrefix(text))
                #expect(!told.contains(words))
            } else {
                #expect(told.contains(words))
                #expect(told.contains(controller))
            }
        }
        try await stack.down()
    }

    @Test func `limits become what the kernel reads`() {
        var limits = ResourceLimits()
        #expect(limits.cgroupSettings.isEmpty)
        limits.memoryBytes = 268_435_456
        limits.pids = 100
        limits.cpus = 1.5
        #expect(limits.cgroupSettings.map(\.file) == ["memory.max", "pids.max", "cpu.max"])
        #expect(limits.cgroupSettings.map(\.text) == ["268435456", "100", "150000 100000"])
        limits.cpus = 0.001
        #expect(limits.cgroupSettings.last?.text == "1000 100000")
    }

    @Test func `version 2 hierarchies are found among the mounts`() {
        let mounts = CgroupMount.all(
            """
            30 23 0:26 / /sys/fs/cgroup ro,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
            31 23 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            32 23 0:26 /docker/abc /mnt/with\\040space rw - cgroup2 cgroup2 rw
            33 23 0:29 / /sys rw shared:2
            """)
        #expect(mounts.map(\.point) == ["/sys/fs/cgroup", "/mnt/with space"])
        #expect(mounts[0].directory(of: "/") == "/sys/fs/cgroup")
        #expect(mounts[0].directory(of: "/user.slice") == "/sys/fs/cgroup/user.slice")
        #expect(mounts[1].directory(of: "/docker/abc/inner") == "/mnt/with space/inner")
        #expect(mounts[1].directory(of: "/docker/abcd") == nil)
    }

    @Test func `what cgroups lack here is one sentence`() {
        switch CgroupPlace.find() {
        case nil: #expect(CgroupPlace.shortcoming != nil)
        case let place?:
            #expect((CgroupPlace.shortcoming == nil) == (place.controllers == CgroupPlace.wanted))
        }
    }
}
