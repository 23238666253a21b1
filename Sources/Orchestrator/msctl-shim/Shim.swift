import CLinux

// The shim is the parent of one service process and outlives everything but its own tree:
//
//     msctl-shim [--respawn] [--log FILE] [--stop-signal N] [--grace MS] [--status] DIR -- PROGRAM [ARGUMENT…]
//
// It leads a session of its own, is the reaper of every process that descends from PROGRAM (prctl(2)
// PR_SET_CHILD_SUBREAPER), holds the lock DIR/shim.lock while anything of that tree may live, lets PROGRAM write straight
// to DIR/out.log and DIR/err.log, and leaves DIR/exit when PROGRAM has ended. The environment and the working directory
// are PROGRAM's. SIGTERM asks it to stop: a value queued with the signal is the grace period in milliseconds.
//
// --respawn is for the daemon: FILE takes both streams, PROGRAM is started again until it exits with 0, and the rest of
// the tree (the shims of services) is left alone.

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
        complain(
            "usage: msctl-shim [--respawn] [--log FILE] [--stop-signal N] [--grace MS] [--status] DIR -- PROGRAM…\n")
        return 64
    }
    _ = setsid()
    clinux_close_from(arguments.reportsStatus ? UInt32(statusDescriptor) + 1 : 3)
    guard clinux_become_subreaper() == 0 else { return fail(arguments, clinux_errno()) }

    let lock = RunLock(directory: arguments.directory)
    guard lock.isHeld else { return fail(arguments, EWOULDBLOCK) }
    guard let output = Output(arguments) else { return fail(arguments, clinux_errno()) }

    Signals.block()
    return arguments.respawns
        ? respawn(arguments, output, lock)
        : supervise(arguments, output, lock)
}

/// One life of one service process, to the last of its descendants.
private func supervise(_ arguments: Arguments, _ output: Output, _ lock: RunLock) -> Int32 {
    let child = Child(arguments, output)
    guard child.pid > 0 else { return fail(arguments, child.error) }
    guard child.error == 0 else {
        ExitRecord.write(directory: arguments.directory, .notExecutable(child.error))
        return fail(arguments, child.error)
    }
    lock.record(pid: child.pid)
    report(arguments, pid: child.pid, error: 0)

    var stop = Stop(signal: arguments.stopSignal, grace: arguments.grace)
    var leaderLives = true
    while true {
        while let ended = Tree.reap() {
            guard ended.pid == child.pid else { continue }
            leaderLives = false
            ExitRecord.write(directory: arguments.directory, .ended(ended.status))
        }
        if Tree.isEmpty { return 0 }
        // A crashed leader leaves nothing behind; after a stop the others have what remains of the grace period.
        if (!leaderLives && !stop.isAsked) || stop.isOver { Tree.kill() }
        switch Signals.wait(until: stop.isOver ? Clock.milliseconds + 10 : stop.deadline) {
        case .terminate(let grace): stop.ask(group: child.pid, grace: grace)
        case .childEnded, .timeout: break
        }
    }
}

/// The daemon, started again whenever it dies. A pause doubles from 10 ms to 5 s while it keeps dying young.
private func respawn(_ arguments: Arguments, _ output: Output, _ lock: RunLock) -> Int32 {
    var pause: Int64 = 0
    while true {
        let child = Child(arguments, output)
        guard child.pid > 0, child.error == 0 else { return fail(arguments, child.error) }
        lock.record(pid: child.pid)
        let started = Clock.milliseconds
        var status: Int32?
        var asked = false
        while status == nil {
            while let ended = Tree.reap() {
                if ended.pid == child.pid { status = ended.status }
            }
            if status != nil { break }
            if case .terminate = Signals.wait(until: nil) {
                asked = true
                kill(child.pid, SIGTERM)
            }
        }
        let ended = status ?? 0
        ExitRecord.write(directory: arguments.directory, .ended(ended))
        if asked || (clinux_exited(ended) != 0 && clinux_exit_code(ended) == 0) { return 0 }
        // 64 to 78 are the daemon's own refusals (sysexits): another try would come to the same.
        if clinux_exited(ended) != 0, (64...78).contains(clinux_exit_code(ended)) { return clinux_exit_code(ended) }
        pause = Clock.milliseconds - started > 10_000 ? 0 : min(max(10, pause * 2), 5_000)
        let resume = Clock.milliseconds + pause
        while Clock.milliseconds < resume {
            if case .terminate = Signals.wait(until: resume) { return 0 }
            while Tree.reap() != nil {}
        }
    }
}

private func fail(_ arguments: Arguments, _ error: Int32) -> Int32 {
    report(arguments, pid: 0, error: error)
    return 71
}
