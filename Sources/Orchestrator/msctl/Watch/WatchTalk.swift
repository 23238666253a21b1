/// What `watch` says as it goes: a line with the time of day for people, or `msctl.watch/1`.
struct WatchTalk {
    /// One of these a line; stable, for scripts.
    enum Event: String, Encodable {
        /// What is watched has been brought up, or was up.
        case up
        case watching
        case changed
        case built
        case buildFailed = "build-failed"
        /// A build seems to change what is watched.
        case looping
        case replaced
        case restarted
        /// Nothing was to be done: the program is what it was.
        case unchanged
        /// The change could not be carried out; what ran goes on if it can.
        case failed
        case reloaded
        case manifestWrong = "manifest-wrong"
    }
    let console: Console
    let format: OutputFormat

    func say(_ event: Event, _ service: String?, _ text: String, took: Duration? = nil, details: [String] = []) {
        let now = TimeText.nowMilliseconds
        switch format {
        case .json:
            console.result(
                JSONOutput.line(
                    Document(
                        time: TimeText.rfc3339(milliseconds: now), event: event, service: service, message: text,
                        milliseconds: took.map { Int($0 / .milliseconds(1)) }, details: details)))
        case .table:
            let style = console.errorStyle
            let subject = service.map { style.bold($0) + ": " } ?? ""
            console.talk(
                ([style.dim(LocalTime.time(milliseconds: now)) + " " + subject + style.paint(text, event.tone)]
                    + details.map { "  " + $0 }).joined(separator: "\n"))
        }
    }

    /// `msctl.watch/1`.
    private struct Document: Encodable {
        let schema = "msctl.watch/1"
        let time: String
        let event: Event
        let service: String?
        let message: String
        let milliseconds: Int?
        let details: [String]
    }
}

extension WatchTalk.Event {
    fileprivate var tone: Tone {
        switch self {
        case .up, .replaced, .restarted: .well
        case .looping: .busy
        case .buildFailed, .failed, .manifestWrong: .ill
        case .watching, .changed, .built, .unchanged, .reloaded: .idle
        }
    }
}
