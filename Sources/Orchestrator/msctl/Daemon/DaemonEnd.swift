import StateDirectory

/// Waits for a daemon that has been told to end.
enum DaemonEnd {
    /// Until its lock and its shim's are free: the kernel lets go of them when the processes are gone, and not before.
    static func wait(_ layout: StateLayout, atMost limit: Duration = .seconds(10)) async throws(CommandFailure) {
        let deadline = ContinuousClock.now + limit
        while FileLock.isHeld(layout.daemonLock) || FileLock.isHeld(layout.daemonShimLock) {
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                throw .timedOut(
                    "msctld has not ended after \(TimeText.coarse(limit))", hint: "its log is \(layout.daemonLog)",
                    details: TextTail.lines(of: layout.daemonLog, count: 10))
            }
            // Cancellation ends the sleep early, and is seen above.
            try? await Task.sleep(for: .milliseconds(2))
        }
    }
}
