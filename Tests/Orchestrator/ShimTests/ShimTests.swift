import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The built shim, run as the daemon runs it.
@Suite(.timeLimit(.minutes(1))) struct ShimTests {
    private let directory = TemporaryDirectory()

    private func run(_ arguments: [String]) throws -> SpawnedProcess {
        try SpawnedProcess(BuiltProducts.shim.string, arguments)
    }

    private func shim(_ options: [String] = [], _ command: String...) throws -> SpawnedProcess {
        try run(options + [directory.path.string, "--"] + command)
    }

    private var record: ExitRecord? {
        (try? AtomicFile.read(directory.path.appending("exit"))).flatMap { $0 }.flatMap {
            ExitRecord(String(decoding: $0, as: UTF8.self))
        }
    }

    @Test(arguments: [
        ("exit 0", ExitRecord.End.exited(.code(0))), ("exit 7", .exited(.code(7))), ("kill -9 $$", .exited(.signal(9))),
        ("kill -11 $$", .exited(.signal(11))),
    ])
    func `the exit record says how it ended`(script: String, end: ExitRecord.End) throws {
        let process = try shim([], "/bin/sh", "-c", script)
        process.wait()
        #expect(record?.end == end)
        let age = Int64(Date().timeIntervalSince1970 * 1000) - (record?.time ?? 0)
        #expect((0...10_000).contains(age))
    }

    @Test func `a program that cannot be executed leaves its errno`() throws {
        let process = try shim([], "/nonexistent/program")
        process.wait()
        #expect(record?.end == .notExecutable(ENOENT))
    }

    @Test func `both streams go to their own files, also an unterminated last line`() throws {
        let process = try shim([], "/bin/sh", "-c", "printf 'out\\nFATAL partial'; printf 'err' >&2; kill -9 $$")
        process.wait()
        #expect(try AtomicFile.read(directory.path.appending("out.log")) == Array("out\nFATAL partial".utf8))
        #expect(try AtomicFile.read(directory.path.appending("err.log")) == Array("err".utf8))
    }

    @Test func `a second shim is refused while the first holds the run`() throws {
        let first = try shim([], "/bin/sleep", "60")
        while FileLock.isHeld(directory.path.appending("shim.lock")) == false { sched_yield() }
        let second = try shim([], "/bin/true")
        #expect(second.wait() == 71)
        #expect(Processes.isAlive(first.pid))
        first.send(SIGTERM)
        first.wait()
        #expect(!FileLock.isHeld(directory.path.appending("shim.lock")))
    }

    @Test func `the default grace period of a stop ends in SIGKILL for the whole tree`() throws {
        let script = "trap '' TERM; (trap '' TERM; exec setsid sleep 1000) & echo $!; while :; do sleep 0.05; done"
        let process = try shim(["--grace", "100"], "/bin/sh", "-c", script)
        let output = directory.path.appending("out.log")
        var escaped: Int32?
        while escaped == nil {
            let text = String(decoding: try AtomicFile.read(output) ?? [], as: UTF8.self)
            if text.hasSuffix("\n") { escaped = Int32(text.dropLast()) }
        }
        process.send(SIGTERM)
        process.wait()
        #expect(record?.end == .exited(.signal(9)))
        #expect(!Processes.isAlive(try #require(escaped)))
    }

    @Test func `the stop signal is the service's own`() throws {
        let process = try shim(
            ["--stop-signal", "2"], "/bin/sh", "-c", "trap 'exit 5' INT; echo up; while :; do sleep 0.01; done")
        while try AtomicFile.read(directory.path.appending("out.log")) != Array("up\n".utf8) { sched_yield() }
        process.send(SIGTERM)
        process.wait()
        #expect(record?.end == .exited(.code(5)))
    }

    @Test func `a respawned program starts again after it dies and ends with an exit of 0`() throws {
        let counter = directory.path.appending("count").string
        let script = "echo x >> \(counter); [ $(wc -l < \(counter)) -lt 3 ] && kill -9 $$; exit 0"
        let log = directory.path.appending("log").string
        let process = try run(["--respawn", "--log", log, directory.path.string, "--", "/bin/sh", "-c", script])
        #expect(process.wait() == 0)
        #expect(try AtomicFile.read(FilePath(counter)) == Array("x\nx\nx\n".utf8))
    }

    @Test func `nobody's terminal ends it: SIGHUP, SIGINT and SIGPIPE are ignored`() throws {
        let process = try shim([], "/bin/sleep", "60")
        while FileLock.isHeld(directory.path.appending("shim.lock")) == false { sched_yield() }
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGQUIT] { process.send(signal) }
        #expect(ProcessTable.stat(of: process.pid)?.session == process.pid)
        process.send(SIGTERM)
        process.wait()
        #expect(record?.end == .exited(.signal(15)))
    }
}
