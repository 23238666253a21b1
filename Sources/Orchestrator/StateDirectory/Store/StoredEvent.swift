/// Something that happened to an instance, as the supervisor wrote it down.
package struct StoredEvent: Sendable, Hashable {
    /// Counts up in the order in which things happened, for as long as there is the same `state.db`.
    package var sequence: Int64
    /// Milliseconds since 1970.
    package var time: Int64
    /// What happened, in a word: `started`, `healthy`, `exited` …
    package var event: String
    package var service: String
    /// `SERVICE.REPLICA`
    package var instance: String
    /// 0 when it had not run yet.
    package var run: Int
    /// One more fact: how it ended, what the probe said.
    package var detail: String?

    package init(
        sequence: Int64, time: Int64, event: String, service: String, instance: String, run: Int, detail: String? = nil
    ) {
        self.sequence = sequence
        self.time = time
        self.event = event
        self.service = service
        self.instance = instance
        self.run = run
        self.detail = detail
    }
}

/// Which events to read. What is not said does not narrow.
package struct EventQuery: Sendable, Hashable {
    /// Only later ones than this sequence number.
    package var after: Int64 = 0
    /// Milliseconds since 1970; from this time on.
    package var since: Int64?
    /// Services, or instances of them.
    package var services: [String] = []
    /// The last so many.
    package var tail: Int?

    package init() {}
}
