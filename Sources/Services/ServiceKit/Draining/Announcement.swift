/// What the orchestrator tells everybody about this instance and its like: who is to be sent requests.
struct Announcement: Sendable {
    let service: String
    let instance: String
    /// nil without an orchestrator.
    let endpoints: Endpoints?

    /// Whether requests are sent to this instance that could be sent to another.
    var isOneOfSeveral: Bool {
        let ready = endpoints?.ready(service) ?? []
        return ready.count > 1 && ready.contains { $0.instance == instance }
    }
}
