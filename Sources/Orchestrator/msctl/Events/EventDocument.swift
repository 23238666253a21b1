import StateDirectory

/// `msctl.event/1`.
struct EventDocument: Encodable {
    let schema = "msctl.event/1"
    let seq: Int64
    let time: String
    let event: String
    let service: String
    let instance: String
    let run: Int
    let detail: String?

    init(_ event: StoredEvent) {
        seq = event.sequence
        time = TimeText.rfc3339(milliseconds: event.time)
        self.event = event.event
        service = event.service
        instance = event.instance
        run = event.run
        detail = event.detail
    }
}
