import Foundation
import GRDB
import Manifest
import StateDirectory
import Supervisor
import Synchronization
import SystemPackage
import TestSupport
import Testing

typealias ExitStatus = StateDirectory.ExitStatus

@Suite struct StateDirectoryTests {
    private let directory = TemporaryDirectory()
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }

    @Test(arguments: [
        ("user-service.1", "user-service", 1), ("a.b.12", "a.b", 12),
    ])
    func `an instance is its service and its replica`(text: String, service: String, replica: Int) {
        #expect(InstanceID(text) == InstanceID(service: service, replica: replica))
        #expect(InstanceID(text)?.description == text)
    }

    @Test(arguments: ["", "a", "a.", ".1", "a.0", "a.-1", "a.x"])
    func `what is no instance is refused`(text: String) {
        #expect(InstanceID(text) == nil)
    }

    @Test(arguments: [
        ("code 3 100\n", ExitRecord.End.exited(.code(3))), ("signal 9 100\n", .exited(.signal(9))),
        ("errno 2 100\n", .notExecutable(2)), ("limit 1 100\n", .notPrepared(.limit, 1)),
        ("signal 9 100 oom\n", .exited(.signal(9))),
    ])
    func `an exit record is one line`(text: String, end: ExitRecord.End) {
        #expect(ExitRecord(text)?.end == end)
        #expect(ExitRecord(text)?.time == 100)
    }

    @Test(arguments: ["", "code", "code 3", "code x 100", "exit 0 1", "code 3 100 4"])
    func `half an exit record is none`(text: String) {
        #expect(ExitRecord(text) == nil)
    }

    @Test func `a lock is held by one, and asking does not take it`() throws {
        try AtomicFile.makeDirectory(layout.root)
        #expect(!FileLock.isHeld(layout.daemonLock))
        do {
            let first = try FileLock(taking: layout.daemonLock)
            #expect(FileLock.isHeld(layout.daemonLock))
            let isTakenTwice = try FileLock(taking: layout.daemonLock) != nil
            #expect(!isTakenTwice)
            extendLifetime(first)
        }
        #expect(!FileLock.isHeld(layout.daemonLock))
    }

    @Test func `a secret is made once, is 43 characters and only the owner's`() throws {
        let store = SecretStore(layout: layout)
        #expect(throws: StateError.self) { _ = try store.read("key") }
        try store.generate("key")
        let first = try store.read("key")
        try store.generate("key")
        #expect(try store.read("key") == first)
        #expect(first.count == 43)
        let mode = try FileManager.default.attributesOfItem(atPath: layout.secret("key").string)[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o600)
    }

    @Test func `a secret from a variable is written for its owner alone, and stays when the variable is gone`() throws {
        let store = SecretStore(layout: layout)
        let secret = { (value: String?) in Secret(name: "t", source: .environment(variable: "T", value: value)) }
        #expect {
            try store.provide([secret(nil)])
        } throws: {
            "\($0)" == "the secret 't' is the value of T, which is not set; set it where msctl is called"
        }
        try store.provide([secret("one")])
        let mode = try FileManager.default.attributesOfItem(atPath: layout.secret("t").string)[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o600)
        try store.provide([secret(nil)])
        #expect(try store.read("t") == "one")
        try store.provide([secret("two")])
        #expect(try store.read("t") == "two")
    }

    @Test func `a long project path moves the socket to the runtime directory`() {
        let short = StateLayout(projectDirectory: "/tmp/p").controlSocket(runtimeDirectory: "/run/user/1")
        #expect(short == "/tmp/p/.msctl/control.sock")
        let deep = FilePath("/" + String(repeating: "d/", count: 60))
        let long = StateLayout(projectDirectory: deep).controlSocket(runtimeDirectory: "/run/user/1")
        #expect(long.starts(with: "/run/user/1"))
        #expect(long.string.utf8.count < 100)
        #expect(
            long != StateLayout(projectDirectory: deep.appending("e")).controlSocket(runtimeDirectory: "/run/user/1"))
    }

    @Test func `what the daemon writes, everyone reads`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        let reader = StateReader(layout: layout)
        #expect(try reader.statuses().isEmpty)
        #expect(try reader.project() == nil)
        let writer = try StateWriter(layout: layout) { Issue.record("\($0)") }
        try writer.setDesired(Project(name: "shop", directory: directory.path.string))
        var status = InstanceStatus(instance: InstanceID(service: "a", replica: 1), state: .failed, since: 5)
        status.reason = "no"
        writer.enqueue([.instance(status), .event("failed", status.instance, run: 1, detail: nil, time: 5)])
        await writer.flush()
        #expect(try reader.project()?.name == "shop")
        #expect(try reader.statuses() == [status])
        writer.enqueue([.forget(status.instance)])
        await writer.flush()
        #expect(try reader.statuses().isEmpty)
    }

    @Test func `a write that failed is made up for with the next`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        let failures = Mutex(0)
        let writer = try StateWriter(layout: layout) { _ in failures.withLock { $0 += 1 } }
        let other = try DatabaseQueue(path: layout.database.string)
        try await other.write { try $0.execute(sql: "ALTER TABLE instances RENAME TO hidden") }
        let first = InstanceStatus(instance: InstanceID(service: "a", replica: 1), state: .failed, since: 1)
        writer.enqueue([.instance(first)])
        await writer.flush()
        #expect(failures.withLock(\.self) > 0)
        try await other.write { try $0.execute(sql: "ALTER TABLE hidden RENAME TO instances") }
        let second = InstanceStatus(instance: InstanceID(service: "b", replica: 1), state: .failed, since: 2)
        writer.enqueue([.instance(second)])
        await writer.flush()
        #expect(try StateReader(layout: layout).statuses() == [first, second])
    }

    @Test func `what cannot be encoded does not keep the rest from being written`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        let writer = try StateWriter(layout: layout) { _ in }
        var bad = InstanceStatus(instance: InstanceID(service: "a", replica: 1), state: .running, since: 1)
        bad.probe = ProbeReport(time: 1, outcome: .passed, latencyMilliseconds: .nan, detail: "")
        let good = InstanceStatus(instance: InstanceID(service: "b", replica: 1), state: .failed, since: 2)
        writer.enqueue([.instance(bad), .instance(good)])
        await writer.flush()
        #expect(try StateReader(layout: layout).statuses() == [good])
    }

    @Test func `the newest results of probes are kept, five of each kind of each instance`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        let reader = StateReader(layout: layout)
        #expect(try reader.probes().isEmpty)
        let writer = try StateWriter(layout: layout) { Issue.record("\($0)") }
        let (first, second) = (InstanceID(service: "a", replica: 1), InstanceID(service: "a", replica: 2))
        func report(_ time: Int64, _ kind: ProbeReport.Kind) -> ProbeReport {
            var report = ProbeReport(time: time, outcome: .refused, latencyMilliseconds: 1, detail: "no", body: "b")
            report.kind = kind
            return report
        }
        for time in stride(from: Int64(0), to: 20, by: 2) {
            writer.enqueue([.probes(first, [report(time, .readiness), report(time + 1, .readiness)])])
        }
        writer.enqueue([.probes(first, [report(7, .liveness)]), .probes(second, [report(3, .readiness)])])
        await writer.flush()
        let read = try reader.probes()
        #expect(read[first]?.map(\.time) == [19, 18, 17, 16, 15, 7])
        #expect(read[first]?.last == report(7, .liveness))
        #expect(read[second] == [report(3, .readiness)])
        writer.enqueue([.forget(first)])
        await writer.flush()
        #expect(try reader.probes().keys.sorted() == [second])
    }

    @Test func `old events are forgotten`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        let writer = try StateWriter(layout: layout) { Issue.record("\($0)") }
        let instance = InstanceID(service: "a", replica: 1)
        writer.enqueue((0..<12_000).map { .event("e", instance, run: 1, detail: nil, time: Int64($0)) })
        await writer.flush()
        let count = try await DatabaseQueue(path: layout.database.string).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM events")
        }
        #expect(count == 10_000)
    }

    @Test func `a row that says running without a living run is corrected`() async throws {
        try AtomicFile.makeDirectory(layout.root)
        let writer = try StateWriter(layout: layout) { Issue.record("\($0)") }
        var status = InstanceStatus(instance: InstanceID(service: "a", replica: 1), state: .running, since: 5)
        status.run = 1
        status.pid = 1
        writer.enqueue([.instance(status)])
        await writer.flush()
        _ = try directory.file(".msctl/runs/a.1/1/exit", "signal 9 77\n")
        let read = try #require(try StateReader(layout: layout).statuses().first)
        #expect(read.state == .exited)
        #expect(read.exit == .signal(9))
        #expect(read.since == 77)
        #expect(read.pid == nil)
    }

    @Test func `endpoints are written whole and read back`() throws {
        try AtomicFile.makeDirectory(layout.root)
        #expect(try Endpoints.read(layout) == Endpoints())
        let endpoints = Endpoints(services: ["a": [.init(instance: "a.1", url: "http://127.0.0.1:1")]])
        try endpoints.write(layout)
        #expect(try Endpoints.read(layout) == endpoints)
    }
}
