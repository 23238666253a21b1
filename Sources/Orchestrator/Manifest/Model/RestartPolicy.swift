/// What happens after an instance exited without being asked to.
package struct RestartPolicy: Sendable, Hashable, Codable {
    package enum Condition: String, Sendable, Hashable, Codable {
        /// Never restarted.
        case never
        /// Restarted after a signal or an exit code other than 0.
        case onFailure
        /// Restarted however it ended.
        case always
    }
    package var condition: Condition = .never
    /// The pause before the second restart; the first comes at once. Doubles up to `maxDelay`, with jitter.
    package var delay: Duration = .milliseconds(100)
    package var maxDelay: Duration = .seconds(30)
    /// Restarts allowed within `window` before the instance counts as crash-looping and is left alone.
    /// nil: 5 restarts make it crash-looping, and it is tried again every `maxDelay`.
    package var maxAttempts: Int?
    package var window: Duration = .seconds(60)
    /// Exit codes that count as a success beside 0 (`success_exit_codes`), for the restart and for
    /// `service_completed_successfully`.
    package var successCodes: Set<Int32> = []

    package init(condition: Condition = .never) { self.condition = condition }
}
