import CLinux

// A service that behaves as a test asks. Arguments are NAME=VALUE, times in milliseconds:
//
//     exit-after=MS  code=N  signal=N      end by itself, with an exit code or a signal
//     ignore-term=1                        go on when asked to stop
//     term-delay=MS                        take that long to stop
//     http=1  status=N  delay=MS           answer every request on $PORT with that status, that late
//     healthy-after=N                      answer the first N requests with 503
//     hang=1                               accept connections and never answer
//     listen-after=MS                      listen only then
//     lines=N  interval=MS                 write N numbered JSON lines with the run's name, one each interval
//     ledger=DIR                           after each of them, note its number in DIR/INSTANCE.RUN.count
//     flood=SEED                           write numbered JSON lines and stack traces in bursts that cut lines anywhere
//     tally=DIR                            with it: keep "LINES BYTES HASH" of all that in DIR/INSTANCE.RUN.tally
//     say=TEXT                             write one line at the start
//     tail=TEXT                            write TEXT without a line's end before ending
//     grandchild=1                         leave a process behind: another session, deaf to SIGTERM
//     escape=1                             as grandchild, and with an empty environment
//     fork-storm=N                         N chains of processes that fork and end all the time, deaf to SIGTERM
//     listen-fds=1                         listen on the socket that was passed, instead of on $PORT
//     fd-store=1                           print what $MSCTL_FDSTORE has kept, and have it keep a socket
//     tag=TEXT                             nothing; to be found by
//     runaway=N                            N processes on the run: each soon forks the next, in another session, and ends
//     stamp=FILE                           append "INSTANCE PID NANOSECONDS" to FILE at the start

@main
struct FixtureService {
    static func main() {
        let options = Options(CommandLine.arguments.dropFirst())
        if let file = options.text("stamp") { stamp(file) }
        if options.flag("ignore-term") { clinux_ignore(SIGTERM) }
        if let text = options.text("say") { print(text) }
        if options.flag("grandchild") { Grandchild.start() }
        if options.flag("escape") { Grandchild.start(escaping: options.text("tag") ?? "") }
        if let chains = options.number("fork-storm") { ForkStorm.start(chains) }
        if options.flag("fd-store") { StoredSockets.exercise() }
        for _ in 0..<(options.number("runaway") ?? 0) { Runaway.start() }
        clinux_ignore(SIGPIPE)
        var server = options.flag("http") || options.flag("hang") ? HealthServer(options) : nil
        let term = TermSignal(isBlocked: options.number("term-delay") != nil)
        var chatter = Chatter(options)
        var flood = Flood(options)
        let start = Clock.milliseconds
        while true {
            let now = Clock.milliseconds - start
            if let end = options.number("exit-after"), now >= end { finish(options) }
            if term.isPending {
                usleep(UInt32(options.number("term-delay") ?? 0) * 1000)
                flood?.end()
                exit(0)
            }
            chatter.speak(now: now)
            flood?.pour(now: now)
            if server != nil { server?.serve(now: now, wait: 1) } else { usleep(1000) }
        }
    }

    private static func finish(_ options: Options) -> Never {
        if let text = options.text("tail") { write(text) }
        if let number = options.number("signal") {
            kill(getpid(), Int32(number))
            usleep(1_000_000)
        }
        exit(Int32(options.number("code") ?? 0))
    }

    private static func stamp(_ file: String) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let instance = getenv("SERVICE_INSTANCE").map { String(cString: $0) } ?? "?"
        let line = "\(instance) \(getpid()) \(now.tv_sec * 1_000_000_000 + now.tv_nsec)\n"
        let descriptor = clinux_open(file, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        var text = line
        text.withUTF8 { _ = CLinux.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    static func print(_ line: String) { write(line + "\n") }

    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = CLinux.write(1, $0.baseAddress, $0.count) }
    }
}

struct Options {
    private var values: [String: String] = [:]

    init(_ arguments: some Sequence<String>) {
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[String(parts[0])] = String(parts[1])
        }
    }

    func text(_ name: String) -> String? { values[name] }
    func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
    func flag(_ name: String) -> Bool { values[name] == "1" }
}

enum Clock {
    static var milliseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}

/// SIGTERM, taken when the loop gets to it, for a service that takes its time to stop.
struct TermSignal {
    let isBlocked: Bool

    init(isBlocked: Bool) {
        self.isBlocked = isBlocked
        guard isBlocked else { return }
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigprocmask(SIG_BLOCK, &set, nil)
    }

    var isPending: Bool {
        guard isBlocked else { return false }
        var set = sigset_t()
        sigpending(&set)
        return sigismember(&set, SIGTERM) == 1
    }
}

struct Chatter {
    private let total: Int
    private let interval: Int
    /// `SERVICE.REPLICA/RUN`, so that no line of one run can pass for another's.
    private let run: String
    private let ledger: Int32
    private var written = 0

    init(_ options: Options) {
        total = options.number("lines") ?? 0
        interval = options.number("interval") ?? 0
        let mark = getenv("MSCTL_RUN").map { String(cString: $0) } ?? ""
        run = mark.split(separator: ":").last.map(String.init) ?? ""
        let name = run.split(separator: "/").joined(separator: ".")
        ledger = options.text("ledger").map { clinux_open("\($0)/\(name).count", O_WRONLY | O_CREAT, 0o600) } ?? -1
    }

    mutating func speak(now: Int) {
        while written < total, now >= written * interval {
            written += 1
            FixtureService.print(#"{"level":"info","message":"line","run":"\#(run)","number":\#(written)}"#)
            guard ledger >= 0 else { continue }
            var number = String(written)
            number.withUTF8 { _ = pwrite(ledger, $0.baseAddress, $0.count, 0) }
        }
    }
}

enum Grandchild {
    /// Forked twice and in a session of its own: nothing but the kernel's own book-keeping leads back to the service.
    /// - Parameter tag: executes this program anew, with this tag and without any environment.
    static func start(escaping tag: String? = nil) {
        if fork() == 0 {
            setsid()
            if fork() == 0 {
                clinux_ignore(SIGTERM)
                if let tag { escape(tag) }
                FixtureService.print("grandchild \(getpid())")
                while true { usleep(1_000_000) }
            }
            _exit(0)
        }
    }

    private static func escape(_ tag: String) -> Never {
        let words = [CommandLine.arguments[0], "ignore-term=1", "say=escaped \(getpid())", "tag=\(tag)"]
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        argv.append(nil)
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        _ = execve(words[0], &argv, &environment)
        _exit(127)
    }
}

enum Runaway {
    /// Never the same process for long: whoever kills by a list of what there was comes too late.
    static func start() {
        guard fork() == 0 else { return }
        clinux_ignore(SIGTERM)
        while true {
            usleep(2_000)
            setsid()
            if fork() > 0 { _exit(0) }
        }
    }
}
