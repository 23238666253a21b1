import CLinux

/// The daemon, started again whenever it dies, or by whatever file is PROGRAM now when SIGHUP asks for that. A pause doubles
/// from 10 ms to 5 s while it keeps dying young.
func respawn(_ arguments: Arguments, _ output: Output, _ lock: RunLock) -> Int32 {
    announceStore()
    var store = DescriptorStore()
    var cgroup = Cgroup(arguments)
    var pause: Int64 = 0
    while true {
        store.connect()
        let child = Child(arguments, output, &cgroup, inherited: store.daemons)
        store.daemonHasStarted()
        guard child.pid > 0, child.trouble.error == 0 else { return fail(arguments, child.trouble.error) }
        lock.record(pid: child.pid)
        let started = Clock.milliseconds
        let life = DaemonLife(child.pid, &store)
        store.disconnect()
        ExitRecord.write(directory: arguments.directory, .ended(life.status, ranOutOfMemory: false))
        if life.isStopped { return 0 }
        if life.isToRestart {
            pause = 0
            continue
        }
        if clinux_exited(life.status) != 0 {
            let code = clinux_exit_code(life.status)
            if code == 0 { return 0 }
            // 64 to 78 are the daemon's own refusals (sysexits): another try would come to the same.
            if (64...78).contains(code) { return code }
        }
        pause = Clock.milliseconds - started > 10_000 ? 0 : min(max(10, pause * 2), 5_000)
        let resume = Clock.milliseconds + pause
        waiting: while Clock.milliseconds < resume {
            switch Signals.waitForDaemon(until: resume) {
            case .terminate: return 0
            case .restart: break waiting
            case .childEnded, .message, .timeout: break
            }
            while Tree.reap() != nil {}
        }
    }
}

/// One life of the daemon, to its end.
private struct DaemonLife {
    /// As wait(2) gives it.
    private(set) var status: Int32 = 0
    private(set) var isStopped = false
    private(set) var isToRestart = false

    init(_ pid: Int32, _ store: inout DescriptorStore) {
        var deadline: Int64?
        while true {
            while let ended = Tree.reap() {
                guard ended.pid == pid else { continue }
                status = ended.status
                return
            }
            switch Signals.waitForDaemon(until: deadline) {
            case .terminate:
                isStopped = true
                kill(pid, SIGTERM)
            case .restart:
                isToRestart = true
                kill(pid, SIGTERM)
                deadline = Clock.milliseconds + 10_000
            case .message: store.serve()
            // It may be killed at any moment; one that does not end must not be in the way of the next.
            case .timeout:
                kill(pid, SIGKILL)
                deadline = nil
            case .childEnded: break
            }
        }
    }
}

/// For every daemon that is started from here on.
private func announceStore() {
    let text: StaticString = "MSCTL_FDSTORE=3"
    let entry = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8CodeUnitCount + 1)
    memcpy(entry, text.utf8Start, text.utf8CodeUnitCount + 1)
    putenv(entry)
}
