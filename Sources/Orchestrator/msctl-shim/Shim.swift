import CLinux

// The shim is the parent of one service process and outlives everything but its own tree:
//
//     msctl-shim [OPTION…] DIR -- PROGRAM [ARGUMENT…]
//
//     --stop-signal N  --grace MS     how it is stopped
//     --status                        says on descriptor 3 how the start went
//     --limit RESOURCE SOFT HARD …    setrlimit(2) of the service, kernel numbers
//     --umask N                       its file mode mask
//     --user UID GID GROUPS           who runs it; GROUPS are numbers with commas
//     --reach DIR …                   the service's user must be able to enter these
//     --cgroup DIR                    the service's own cgroup
//     --sockets N                     listening sockets, inherited from descriptor 4 on (3 without --status)
//     --exec                          for probes, see below
//     --respawn  --log FILE           for the daemon, see below
//
// It leads a session of its own, is the reaper of every process that descends from PROGRAM (prctl(2)
// PR_SET_CHILD_SUBREAPER), holds the lock DIR/shim.lock while anything of that tree may live, lets PROGRAM write straight
// to DIR/out.log and DIR/err.log, and leaves DIR/exit when PROGRAM has ended. The environment and the working directory
// are PROGRAM's. The shim keeps its own rights, so that it can kill whatever PROGRAM becomes. SIGTERM asks it to stop: a value queued with the signal is the grace period in milliseconds.
//
// --exec is for commands that ask after a service: with its user, limits and mask, msctl-shim becomes PROGRAM.
//
// --respawn is for the daemon: FILE takes both streams, PROGRAM is started again until it exits with 0, and the rest of
// the tree (the shims of services) is left alone. Open sockets that the daemon hands over are kept for the next one.
// SIGHUP has the daemon end and be started again, by whatever file is PROGRAM then.

/// SwiftPM renames `main` to this; Embedded Swift has no other entry point.
@_cdecl("msctl_shim_main")
func main(_ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    if argc == 2, let word = argv[1], strcmp(word, "--version") == 0 {
        // The one of ControlAPI, which this program cannot import; 'msctl doctor' compares them.
        let version: StaticString = "msctl-shim 0.1.0\n"
        _ = write(1, version.utf8Start, version.utf8CodeUnitCount)
        return 0
    }
    guard let arguments = Arguments(count: Int(argc), vector: argv) else {
        complain("usage: msctl-shim [OPTION…] DIR -- PROGRAM [ARGUMENT…]; msctl starts it\n")
        return 64
    }
    if arguments.becomesProgram { Child.become(arguments) }
    // msctld has them blocked before this program begins: a stop that comes early waits for the service.
    Signals.block()
    _ = setsid()
    clinux_close_from(UInt32(PassedSockets(arguments).end))
    guard clinux_become_subreaper() == 0 else { return fail(arguments, clinux_errno()) }

    let lock = RunLock(directory: arguments.directory)
    guard lock.isHeld else { return fail(arguments, EWOULDBLOCK) }
    guard let output = Output(arguments) else { return fail(arguments, clinux_errno()) }

    return arguments.respawns
        ? respawn(arguments, output, lock)
        : supervise(arguments, output, lock)
}

/// One life of one service process, to the last of its descendants.
private func supervise(_ arguments: Arguments, _ output: Output, _ lock: RunLock) -> Int32 {
    var cgroup = Cgroup(arguments)
    let child = Child(arguments, output, &cgroup, inherited: -1)
    PassedSockets(arguments).letGo()
    guard child.pid > 0, child.trouble.error == 0 else {
        if child.pid > 0 { ExitRecord.write(directory: arguments.directory, .notStarted(child.trouble)) }
        report(arguments, pid: 0, child.trouble)
        while waitpid(-1, nil, 0) > 0 {}
        cgroup.remove()
        return 71
    }
    lock.record(pid: child.pid)
    report(arguments, pid: child.pid, Trouble(.execute, error: 0, detail: cgroup.error))

    var stop = Stop(signal: arguments.stopSignal, grace: arguments.grace)
    var leaderLives = true
    while true {
        while let ended = Tree.reap() {
            guard ended.pid == child.pid else { continue }
            leaderLives = false
            let record = ExitRecord.ended(ended.status, ranOutOfMemory: cgroup.ranOutOfMemory)
            ExitRecord.write(directory: arguments.directory, record)
        }
        if Tree.isEmpty {
            cgroup.remove()
            return 0
        }
        // A crashed leader leaves nothing behind; after a stop the others have what remains of the grace period.
        let isToEnd = (!leaderLives && !stop.isAsked) || stop.isOver
        if isToEnd {
            cgroup.kill()
            Tree.kill()
        }
        switch Signals.wait(until: isToEnd ? Clock.milliseconds + 10 : stop.deadline) {
        case .terminate(let grace): stop.ask(group: child.pid, grace: grace)
        case .childEnded, .timeout, .restart, .message: break
        }
    }
}

func fail(_ arguments: Arguments, _ error: Int32) -> Int32 {
    report(arguments, pid: 0, Trouble(.execute, error: error))
    return 71
}
