import CLinux

/// Processes that are gone when somebody comes to kill them: each forks the next of its chain and ends.
enum ForkStorm {
    static func start(_ chains: Int) {
        for _ in 0..<chains where fork() == 0 {
            clinux_ignore(SIGTERM)
            // Whatever becomes of the test, no storm lasts.
            let end = Clock.milliseconds + 60_000
            while Clock.milliseconds < end {
                if fork() != 0 { _exit(0) }
                setsid()
                usleep(200)
            }
            _exit(0)
        }
    }
}
