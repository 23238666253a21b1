import Foundation
import References
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The clock on the wall as the shop's services see it; the monotonic one goes on as it is. By libfaketime.
struct ShopClock {
    private let file: FilePath

    private static let timers = Result { try compiledTimers() }
    private static let directory = TemporaryDirectory()

    /// libfaketime moves every absolute timer with the clock on the wall, those of the monotonic one too: a sleep that
    /// began after the clock was set back by an hour would take an hour. The kernel does not, so it is asked itself.
    private static func compiledTimers() throws -> FilePath {
        let source = try directory.file(
            "timers.c",
            """
            #include <sys/syscall.h>
            #include <sys/timerfd.h>
            #include <unistd.h>

            int timerfd_settime(int fd, int flags, const struct itimerspec *to, struct itimerspec *from) {
                return syscall(SYS_timerfd_settime, fd, flags, to, from);
            }
            """)
        let library = directory.path.appending("timers.so")
        // The Swift toolchain brings it along.
        let compilation = try RunningCommand(
            "/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", library.string, source.string],
            directory: directory.path, environment: ProcessInfo.processInfo.environment
        ).wait()
        try #require(compilation.code == 0, "\(compilation)")
        return library
    }

    /// Has the services of the shop, which is not up yet, ask this clock for the time.
    ///
    /// - Parameter more: further variables, by service.
    init(of shop: ProjectUnderTest, _ more: [String: [String: String]] = [:]) throws {
        let libraries = try "\(Self.timers.get()):\(Reference.faketime.path)"
        file = try shop.file("clock", "+0\n")
        var manifest = "services:\n"
        for service in ProjectUnderTest.shop.keys.sorted() {
            let variables = [
                "LD_PRELOAD": libraries, "FAKETIME_TIMESTAMP_FILE": file.string, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
            ].merging(more[service] ?? [:]) { $1 }
            manifest += "  \(service):\n    environment:\n"
            for (name, value) in variables { manifest += "      \(name): \"\(value)\"\n" }
        }
        try shop.add("zzz-clock.yaml", manifest)
    }

    /// Sets it, so many seconds from the right time.
    func set(_ seconds: Int) throws {
        try AtomicFile.write(Array("\(seconds < 0 ? "" : "+")\(seconds)\n".utf8), to: file)
    }
}
