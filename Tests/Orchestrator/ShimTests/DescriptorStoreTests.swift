import CLinux
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The shim of a daemon keeps its open sockets. FixtureService takes the daemon's place.
@Suite(.timeLimit(.minutes(1))) struct DescriptorStoreTests {
    private let directory = TemporaryDirectory()

    private func respawn(_ options: String...) throws -> SpawnedProcess {
        try SpawnedProcess(
            BuiltProducts.shim.string,
            ["--respawn", "--log", directory.path.appending("log").string, directory.path.string, "--"]
                + [BuiltProducts.fixtureService, "fd-store=1"] + options)
    }

    private var lines: [String] {
        let bytes = ((try? AtomicFile.read(directory.path.appending("log"))) ?? nil) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func wait(for line: String) { while !lines.contains(line) { sched_yield() } }

    private var service: Int32? { ShimProcesses(lock: directory.path.appending("shim.lock"))?.service }

    @Test func `what a daemon kept is the next one's, and what it let go is not`() throws {
        let process = try respawn("exit-after=1", "signal=9")
        wait(for: "had 3")
        process.send(SIGTERM)
        process.wait()
        #expect(
            Array(lines.prefix(6)) == [
                "had 0", "kept socket-0 listening", "had 1", "kept socket-0 listening", "kept socket-1 listening",
                "had 2",
            ])
    }

    @Test func `SIGHUP has the daemon end and start again with what it kept`() throws {
        let process = try respawn()
        wait(for: "had 0")
        while service == nil { sched_yield() }
        let first = service
        process.send(SIGHUP)
        wait(for: "had 1")
        while service == first { sched_yield() }
        #expect(FileLock.isHeld(directory.path.appending("shim.lock")))
        process.send(SIGTERM)
        process.wait()
        #expect(!lines.contains("no store"))
    }

    @Test func `a restart takes whatever file has the program's name then`() throws {
        let program = directory.path.appending("program").string
        func point(_ target: String) { unlink(program); symlink(target, program) }
        point("/bin/sleep")
        let process = try SpawnedProcess(
            BuiltProducts.shim.string,
            [
                "--respawn", "--log", directory.path.appending("log").string, directory.path.string, "--", program,
                "7777",
            ])
        while service == nil { sched_yield() }
        point("/bin/echo")
        process.send(SIGHUP)
        #expect(process.wait() == 0)
        #expect(lines == ["7777"])
    }
}
