import CLinux

/// The two clocks, in milliseconds: one for durations, one for people.
enum Time {
    static var monotonic: Int64 { nanoseconds(CLOCK_MONOTONIC) / 1_000_000 }
    static var wall: Int64 { nanoseconds(CLOCK_REALTIME) / 1_000_000 }
    static var monotonicNanoseconds: Int64 { nanoseconds(CLOCK_MONOTONIC) }

    private static func nanoseconds(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
