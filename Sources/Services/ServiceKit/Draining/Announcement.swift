/// What the orchestrator tells everybody about this instance and its like: who is to be sent requests.
struct Announcement: Sendable {
    let service: String
    let instance: String
    /// nil without an orchestrator.
    let endpoints: Endpoints?

    /// Whether requests are still sent to this instance on purpose.
    var isCurrent: Bool { ready.contains { $0.instance == instance } }

    /// Whether requests have somewhere else to go; taken for granted when nobody says.
    var hasOthers: Bool { endpoints == nil || ready.contains { $0.instance != instance } }

    private var ready: [Endpoint] { endpoints?.ready(service) ?? [] }
}
