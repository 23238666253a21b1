/// `deploy.update_config`: how an instance is replaced when its definition or program has changed, or by `restart`.
package struct UpdatePolicy: Sendable, Hashable, Codable {
    package enum Order: String, Sendable, Hashable, Codable {
        /// The old instance ends, then the new one starts.
        case stopFirst = "stop-first"
        /// A new instance is ready before an old one ends; if it never is, the old ones stay.
        case startFirst = "start-first"
    }
    /// nil: start-first with more than one replica or with `sockets`, otherwise stop-first.
    package var order: Order?
    /// Time between leaving `endpoints.json` and the stop signal, for clients to hear of it; `update_config.delay`.
    package var drain: Duration = .milliseconds(250)

    package init() {}
}
