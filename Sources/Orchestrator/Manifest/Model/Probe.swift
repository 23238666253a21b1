/// A question asked of a running instance again and again; `healthcheck:`, `startup:` and `liveness:` have this shape.
package struct Probe: Sendable, Hashable, Codable {
    package enum Check: Sendable, Hashable, Codable {
        /// GET `path` on loopback; passes on `expectedStatuses`, and if there is one, a body that matches `expectedBody`
        /// (a regular expression over its first 64 KiB).
        case http(
            path: String, headers: [String: String], expectedStatuses: ClosedRange<Int>, expectedBody: String? = nil)
        /// A TCP connection to the port is accepted.
        case tcp
        /// The command exits 0; a single element run through `/bin/sh -c` for Compose's `CMD-SHELL`.
        case exec([String])
        /// A line of the run's logs matches the regular expression: for startup and readiness any line since the run began;
        /// for liveness one since the last question, a heartbeat.
        case log(String)
    }
    package var check: Check
    /// The port asked; the instance's own when nil.
    package var port: UInt16?
    package var interval: Duration = .seconds(30)
    package var timeout: Duration = .seconds(30)
    /// Failures in a row that make a healthy instance unhealthy.
    package var retries: Int = 3
    /// Time after the start in which failures do not count.
    package var startPeriod: Duration = .zero
    /// Time between probes while the instance is starting; widened to `interval` once healthy.
    package var startInterval: Duration = .milliseconds(25)
    /// Successes in a row that make an instance healthy.
    package var successThreshold: Int = 1

    package init(check: Check) { self.check = check }
}
