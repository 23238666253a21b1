import CLinux
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// What the shim gives a service's process before its program begins.
@Suite(.timeLimit(.minutes(1))) struct ShimAttributesTests {
    private let run = ShimRun()

    @Test func `limits hold for the service and not for the shim`() throws {
        let output = try run.output(
            ["--limit", "7", "123", "456", "--limit", "4", "0", "0"], "/bin/sh", "-c",
            "ulimit -Sn; ulimit -Hn; ulimit -c; grep 'open files' /proc/$PPID/limits")
        let lines = output.split(separator: "\n")
        #expect(lines.prefix(3) == ["123", "456", "0"])
        #expect(lines.last?.contains("456") == false)
    }

    @Test func `the largest number is no limit at all`() throws {
        let output = try run.output(["--limit", "4", "0", "\(UInt64.max)"], "/bin/sh", "-c", "ulimit -Hc")
        #expect(output == "unlimited\n" || !isRoot)
    }

    @Test func `a limit that the kernel refuses is told by its number, and nothing runs`() throws {
        let output = try run.output(["--limit", "7", "10", "5"], "/bin/echo", "ran")
        #expect(output.isEmpty)
        #expect(run.record?.end == .notPrepared(.limit, EINVAL))
        #expect(run.record?.status == .code(127))
    }

    @Test func `the umask is the service's`() throws {
        #expect(try run.output(["--umask", "\(0o027)"], "/bin/sh", "-c", "umask") == "0027\n")
    }

    @Test(.enabled(if: isRoot)) func `user, group and further groups are all changed, for good`() throws {
        let output = try run.output(
            ["--user", "65534", "65534", "7,8"], "/bin/sh", "-c",
            "grep -E '^(Uid|Gid|Groups|CapEff|CapPrm):' /proc/self/status | tr -s ' \\t' ' '")
        #expect(
            output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") } == [
                "Uid: 65534 65534 65534 65534", "Gid: 65534 65534 65534 65534", "Groups: 7 8",
                "CapPrm: 0000000000000000", "CapEff: 0000000000000000",
            ])
    }

    @Test(.enabled(if: isRoot && mayRaiseLimits)) func `a hard limit is raised before the right to do so is given up`()
        throws
    {
        var soft: UInt64 = 0
        var hard: UInt64 = 0
        _ = clinux_get_limit(7, &soft, &hard)
        let more = min(hard + 1, 1_000_000)
        let output = try run.output(
            ["--user", "65534", "65534", "", "--limit", "7", "100", "\(more)"], "/bin/sh", "-c", "ulimit -Hn")
        #expect(output == "\(more)\n")
    }

    @Test(.enabled(if: isRoot)) func `another user may open /dev/stdout by its name`() throws {
        let output = try run.output(["--user", "65534", "65534", ""], "/bin/sh", "-c", "echo there >> /dev/stdout")
        #expect(output == "there\n")
    }

    @Test(.enabled(if: isRoot)) func `a directory that the user cannot enter is told, and nothing runs`() throws {
        let output = try run.output(
            ["--user", "65534", "65534", "", "--reach", "/", "--reach", run.directory.path.string], "/bin/echo", "ran")
        #expect(output.isEmpty)
        #expect(run.record?.end == .notPrepared(.reach, EACCES))
    }

    @Test(.enabled(if: isRoot)) func `the shim keeps the right to kill what became another user`() throws {
        let process = try run.start(
            ["--user", "65534", "65534", "", "--grace", "100"], "/bin/sh", "-c",
            "trap '' TERM; echo $$; while :; do sleep 0.02; done")
        while try !run.text("out.log").hasSuffix("\n") { sched_yield() }
        let service = try #require(Int32(run.text("out.log").dropLast()))
        process.send(SIGTERM)
        process.wait()
        #expect(!Processes.isAlive(service))
        #expect(run.record?.end == .exited(.signal(9)))
    }

    @Test func `only a service that is given sockets is told of them`() throws {
        let output = try run.output([], "/bin/sh", "-c", "ls /proc/self/fd; echo ${LISTEN_PID:-none}")
        #expect(output == "0\n1\n2\n3\nnone\n")  // 3 is ls reading the directory.
    }
}
