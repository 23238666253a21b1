import CLinux

/// Monotonic and wall-clock milliseconds.
enum Clock {
    static var milliseconds: Int64 { read(CLOCK_MONOTONIC) }
    static var wallMilliseconds: Int64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Signals are blocked and taken one by one, so that none interrupts anything.
enum Signals {
    enum Event {
        case childEnded
        /// With the grace period in milliseconds, when one was queued with the signal.
        case terminate(Int64?)
        /// SIGHUP, for the daemon's shim only.
        case restart
        /// SIGIO: the daemon has something to say.
        case message
        case timeout
    }

    /// A terminal's signals are ignored: the shim ends with its tree, whatever happens to the terminal. So is SIGPIPE:
    /// the daemon may be gone before it hears how the start went.
    static func block() {
        var all = sigset_t()
        sigfillset(&all)
        sigprocmask(SIG_BLOCK, &all, nil)
    }

    static func wait(until deadline: Int64?) -> Event {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGCHLD)
        sigaddset(&set, SIGTERM)
        return wait(&set, until: deadline)
    }

    static func waitForDaemon(until deadline: Int64?) -> Event {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGCHLD, SIGTERM, SIGHUP, SIGIO] { sigaddset(&set, signal) }
        return wait(&set, until: deadline)
    }

    private static func wait(_ set: inout sigset_t, until deadline: Int64?) -> Event {
        var information = siginfo_t()
        let signal: Int32
        if let deadline {
            let left = max(0, deadline - Clock.milliseconds)
            var timeout = timespec(tv_sec: Int(left / 1000), tv_nsec: Int(left % 1000) * 1_000_000)
            signal = sigtimedwait(&set, &information, &timeout)
        } else {
            signal = sigwaitinfo(&set, &information)
        }
        switch signal {
        case SIGTERM:
            let grace = clinux_queued_value(&information)
            return .terminate(grace < 0 ? nil : Int64(grace))
        case SIGCHLD: return .childEnded
        case SIGHUP: return .restart
        case SIGIO: return .message
        default: return .timeout
        }
    }
}

/// A stop that was asked for: the stop signal once, then SIGKILL when the grace period is over.
struct Stop {
    let signal: Int32
    let grace: Int64
    private(set) var deadline: Int64?

    init(signal: Int32, grace: Int64) {
        self.signal = signal
        self.grace = grace
    }

    var isAsked: Bool { deadline != nil }
    var isOver: Bool { deadline.map { Clock.milliseconds >= $0 } ?? false }

    /// The first call signals the process group; a later one can only bring the end nearer.
    mutating func ask(group: Int32, grace asked: Int64?) {
        let end = Clock.milliseconds + (asked ?? grace)
        if let deadline {
            self.deadline = min(deadline, end)
        } else {
            deadline = end
            kill(-group, signal)
        }
    }
}
