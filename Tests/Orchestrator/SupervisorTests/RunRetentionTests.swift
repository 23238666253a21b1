import Manifest
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@Suite struct RunRetentionTests {
    private let directory = TemporaryDirectory()
    private let instance = InstanceID(service: "a", replica: 1)
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }

    private func kept(bytes: [Int], retain: UInt64, runs: Int) throws -> [Int] {
        for (index, size) in bytes.enumerated() {
            _ = try directory.file(
                ".msctl/runs/a.1/\(index + 1)/out.log", String(repeating: "x", count: size))
        }
        var retention = LogRetention()
        retention.retainBytes = retain
        retention.runs = runs
        layout.discardRuns(of: instance, beyond: retention)
        return layout.allRuns(of: instance).map(\.run)
    }

    @Test func `the newest runs are kept, as many as are wanted`() throws {
        #expect(try kept(bytes: [1, 1, 1, 1], retain: 1_000, runs: 2) == [3, 4])
    }

    @Test func `the oldest runs go when their logs are too large together`() throws {
        #expect(try kept(bytes: [600, 300, 300, 300], retain: 1_000, runs: 20) == [2, 3, 4])
    }

    @Test func `the newest run stays whatever its size`() throws {
        #expect(try kept(bytes: [10, 5_000], retain: 1_000, runs: 20) == [2])
    }

    @Test func `a run that lives is never deleted`() throws {
        try AtomicFile.makeDirectory(layout.run(1, of: instance).path)
        let lock = try FileLock(taking: layout.run(1, of: instance).shimLock)
        #expect(try kept(bytes: [10, 10, 10], retain: 1_000, runs: 1) == [1, 3])
        extendLifetime(lock)
    }
}
