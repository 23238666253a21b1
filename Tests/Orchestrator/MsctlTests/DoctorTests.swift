import ArgumentParser
import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@testable import msctl

@Suite(.timeLimit(.minutes(1))) struct DoctorTests {
    private let directory = TemporaryDirectory()
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }
    private let a = InstanceID(service: "a", replica: 1)

    @Test func `a project that has never run has nothing that fails`() async throws {
        let findings = try await findings()
        #expect(findings.filter { $0.verdict == .fail } == [])
        for check in [
            "kernel", "open files", "inotify", "programs", "libcurl", "libpcre2", "manifests", "state directory",
            "daemon",
        ] {
            #expect(findings.contains { $0.check == check && $0.verdict == .ok }, "\(check): \(findings)")
        }
    }

    @Test func `the three programs say of what version they are`() async throws {
        let programs = try #require(try await findings().first { $0.check == "programs" })
        let release = Msctl.configuration.version.split(separator: " ")[1]
        #expect(programs.detail == "msctl \(release), msctld \(release), msctl-shim \(release)")
    }

    @Test func `mistakes in manifests are told with their place, and the rest is still looked at`() async throws {
        _ = try directory.file("manifests/a.yaml", "services:\n  a:\n    comand: [x]\n")
        let findings = try await findings()
        #expect(
            findings.contains { $0.check == "manifests" && $0.verdict == .fail && $0.detail.contains("a.yaml:3:5") })
        #expect(findings.contains { $0.check == "state directory" && $0.verdict == .ok })
    }

    @Test func `without manifests the machine is still looked at`() async throws {
        let context = CommandContext(
            environment: [:], workingDirectory: directory.path, shared: try SharedOptions.parse([]), files: [])
        let findings = try await DoctorRun(context: context).findings()
        #expect(findings.contains { $0.check == "manifests" && $0.verdict == .fail })
        #expect(findings.contains { $0.check == "kernel" && $0.verdict == .ok })
        #expect(!findings.contains { $0.check == "state directory" })
    }

    @Test func `what builds a service must be there, and nothing else`() async throws {
        _ = try directory.file(
            "manifests/a.yaml",
            "services: { a: { command: [x], build: { command: [no-such-builder, x] } }, b: { command: [y] } }")
        let tools = try await findings().filter { $0.check == "build tools" }
        #expect(tools.map(\.verdict) == [.fail])
        #expect(tools.first?.detail == "there is no no-such-builder on PATH, which builds a")
    }

    @Test func `limits are held against what the project needs`() {
        var service = Service(name: "a", command: ["x"], workingDirectory: "/")
        service.replicas = 10_000_000
        service.sockets = [SocketSpec(name: "main")]
        service.sockets[0].backlog = 65_535
        let project = Project(name: "p", directory: "/", services: [service])
        let findings = LimitCheck(project, daemon: nil).findings()
        #expect(findings.first { $0.check == "open files" }?.verdict == .fail)
        let small = LimitCheck(nil, daemon: getpid()).findings()
        #expect(small.allSatisfy { $0.verdict == .ok }, "\(small)")
    }

    @Test func `a state directory that others may read fails`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        #expect(chmod(layout.root.string, 0o755) == 0)
        let finding = try #require(StateCheck(layout: layout).findings().first)
        #expect(finding.verdict == .fail)
        #expect(finding.advice == "chmod 700 \(layout.root)")
    }

    @Test func `a state database that cannot be read fails, and what would need it is not asked`() async throws {
        _ = try directory.file(".msctl/state.db", String(repeating: "this is no database ", count: 500))
        #expect(chmod(layout.root.string, 0o700) == 0)
        let findings = try await findings()
        #expect(findings.first { $0.check == "state directory" }?.verdict == .fail, "\(findings)")
        #expect(!findings.contains { $0.check == "daemon" })
    }

    @Test func `a socket without its daemon is only a warning`() throws {
        _ = try directory.file(".msctl/control.sock", "")
        #expect(StateCheck(layout: layout).findings().last?.verdict == .warn)
    }

    @Test func `what is wanted and nobody looks after fails`() async throws {
        try await store(InstanceStatus(instance: a, state: .running, since: 0))
        let finding = try await DaemonCheck(layout: layout).findings().first
        #expect(finding?.verdict == .fail)
        #expect(finding?.detail == "nobody looks after a.1")
    }

    @Test func `a daemon that holds its lock and does not answer fails`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        let lock = try LockHolder(layout.daemonLock)
        lock.write("4711 0\n")
        let finding = try await DaemonCheck(layout: layout).findings().first
        #expect(finding?.verdict == .fail)
        #expect(finding?.detail.hasPrefix("msctld (process 4711) does not answer") == true)
    }

    @Test func `an instance whose process is gone is named`() async throws {
        var status = InstanceStatus(instance: a, state: .running, since: 0)
        status.run = 1
        status.pid = 4711
        try await store(status)
        let findings = try ProcessCheck(layout: layout, project: nil).findings()
        #expect(findings.map(\.detail) == ["a.1 is said to run as process 4711, which is gone"])
    }

    @Test func `a process of the project without a shim is named, one under its shim is not`() async throws {
        try await store(InstanceStatus(instance: a, state: .stopped, since: 0))
        let child = try SpawnedProcess(
            "/bin/sleep", ["60"],
            environment: [ProcessTable.markVariable: ProcessTable.mark(stateRoot: layout.root, instance: "a.1", run: 4)]
        )
        // A process that is just becoming another program shows no environment.
        while ProcessTable.marked(by: layout.root).isEmpty { sched_yield() }
        let stray = try ProcessCheck(layout: layout, project: nil).findings()
        #expect(stray.map(\.verdict) == [.fail])
        #expect(stray.first?.detail.hasPrefix("process \(child.pid) of a.1/4 runs and nobody looks after it") == true)
        try AtomicFile.makeDirectory(layout.run(4, of: a).path)
        let lock = try LockHolder(layout.run(4, of: a).shimLock)
        #expect(try ProcessCheck(layout: layout, project: nil).findings().map(\.verdict) == [.ok])
        withExtendedLifetime(lock) {}
        child.send(SIGKILL)
        child.wait()
    }

    @Test func `a declared port in other hands is named with its holder`() throws {
        let server = try TestServer { $0.waitForEnd() }
        var service = Service(name: "a", command: ["x"], workingDirectory: "/")
        service.ports = [.fixed(server.port)]
        let project = Project(name: "p", directory: "/", services: [service])
        let findings = try ProcessCheck(layout: layout, project: project).findings()
        #expect(findings.map(\.verdict) == [.fail])
        #expect(findings.first?.detail.hasPrefix("port \(server.port) of a is held by process \(getpid()): ") == true)
        withExtendedLifetime(server) {}
    }

    @Test func `findings are aligned, advice stands below, and the document counts them`() {
        let findings: [Finding] = [.ok("a", "good"), .warn("long one", "so\nso", "do"), .fail("b", "bad", "mend")]
        #expect(
            DoctorText.rendered(findings, style: .plain) == """
                ok    a         good
                warn  long one  so so
                                → do
                fail  b         bad
                                → mend
                """)
        let document = JSONOutput.line(DoctorDocument(findings))
        #expect(
            document
                == #"{"checks":[{"check":"a","detail":"good","verdict":"ok"},{"advice":"do","check":"long one","detail":"so\nso","#
                + #""verdict":"warn"},{"advice":"mend","check":"b","detail":"bad","verdict":"fail"}],"fail":1,"ok":1,"#
                + #""schema":"msctl.doctor/1","warn":1}"#)
    }

    private func findings() async throws -> [Finding] {
        if !FileManager.default.fileExists(atPath: directory.path.appending("manifests").string) {
            _ = try directory.file("manifests/a.yaml", "services: { a: { command: [sleep, \"1\"] } }")
        }
        let context = CommandContext(
            environment: ["PATH": "/usr/bin:/bin"], workingDirectory: directory.path,
            shared: try SharedOptions.parse([]), files: [])
        return try await DoctorRun(context: context).findings()
    }

    private func store(_ status: InstanceStatus) async throws {
        try AtomicFile.makeDirectory(layout.root)
        let writer = try StateWriter(layout: layout) { Issue.record("\($0)") }
        writer.enqueue([.instance(status)])
        await writer.flush()
    }
}
