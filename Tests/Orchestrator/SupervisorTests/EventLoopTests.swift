import CLinux
import Supervisor
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    /// What handlers did, in their order.
    private final class Diary: Sendable {
        private let entries = Mutex<[String]>([])
        func note(_ entry: String) { entries.withLock { $0.append(entry) } }
        var all: [String] { entries.withLock { $0 } }
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func pair() -> (Int32, Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        withUnsafeMutablePointer(to: &ends) {
            _ = $0.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        return ends
    }

    /// Runs `body` on the loop's thread and returns when it calls its argument.
    private func onLoop(_ body: @escaping @Sendable (EventLoop, @escaping @Sendable () -> Void) -> Void) async {
        let loop = EventLoop()
        loop.start()
        await withCheckedContinuation { continuation in
            loop.soon { body(loop) { continuation.resume() } }
        }
        loop.stop()
    }

    @Test func `times come in order and never early, and one that was taken back does not come`() async {
        let diary = Diary()
        let begun = Self.now
        await onLoop { loop, done in
            _ = loop.at(begun + 30) {
                diary.note(Self.now >= begun + 30 ? "30" : "early")
                done()
            }
            _ = loop.at(begun + 10) { diary.note(Self.now >= begun + 10 ? "10" : "early") }
            loop.cancel(loop.at(begun + 20) { diary.note("taken back") })
        }
        #expect(diary.all == ["10", "30"])
    }

    @Test func `a descriptor that is closed and whose number is taken anew does not get the old one's event`() async {
        let diary = Diary()
        let (first, second) = (pair(), pair())
        await onLoop { loop, done in
            // Both are ready in one batch; whichever comes first closes the other and opens a pipe in its place.
            @Sendable func take(_ other: Int32, _ name: String) {
                diary.note(name)
                loop.forget(other)
                let third = pair()
                loop.once(readable: third.0) { diary.note("an event of the closed one") }
                _ = loop.at(Self.now + 20) {
                    loop.forget(third.0)
                    close(third.1)
                    done()
                }
            }
            loop.once(readable: first.0) { take(second.0, "one") }
            loop.once(readable: second.0) { take(first.0, "one") }
            _ = write(first.1, "x", 1)
            _ = write(second.1, "x", 1)
        }
        #expect(diary.all == ["one"])
        close(first.1)
        close(second.1)
    }

    @Test func `a descriptor can be waited for anew while it is waited for`() async {
        let diary = Diary()
        let ends = pair()
        await onLoop { loop, done in
            loop.once(readable: ends.0) { diary.note("first") }
            loop.once(readable: ends.0) {
                diary.note("second")
                done()
            }
            _ = write(ends.1, "x", 1)
        }
        #expect(diary.all == ["second"])
        close(ends.0)
        close(ends.1)
    }
}
