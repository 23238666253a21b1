import HTTPTypes

/// One request that has come to its end, as the access log and the metrics know it.
package struct AccessEntry: Sendable {
    package var method: HTTPRequest.Method
    /// What may be logged of it, see ``LoggedPath``.
    package var path: String
    /// Of interest to nobody but machines, so that its line is one for debugging.
    package var isQuiet: Bool
    /// As the router writes it; nil when the path matched none.
    package var route: String?
    package var status: Int
    package var duration: Duration
    /// What went wrong on the way, if the status does not say it.
    package var failure: String?
    package var identity: RequestIdentity
    /// The instance that answered.
    package var upstream: String?
    package var upstreamTime: Duration?
    /// nil for one.
    package var upstreamTries: Int?

    package init(
        method: HTTPRequest.Method, path: String, isQuiet: Bool, route: String?, status: Int, duration: Duration,
        failure: String?, identity: RequestIdentity, upstream: String? = nil, upstreamTime: Duration? = nil,
        upstreamTries: Int? = nil
    ) {
        self.method = method
        self.path = path
        self.isQuiet = isQuiet
        self.route = route
        self.status = status
        self.duration = duration
        self.failure = failure
        self.identity = identity
        self.upstream = upstream
        self.upstreamTime = upstreamTime
        self.upstreamTries = upstreamTries
    }

    /// A label must not grow with what clients invent: unknown paths and methods share one value. Nor must the log
    /// repeat it, which may be a password that somebody typed in the wrong place.
    var methodLabel: String { method.isKnown ? method.rawValue : "_OTHER" }
    var routeLabel: String { route ?? "unmatched" }

    /// Asked every few seconds by machines; of no interest to people.
    package static func isQuiet(_ path: String) -> Bool {
        switch path {
        case "/health", "/readyz", "/livez", "/metrics": true
        default: path.hasPrefix("/internal/")
        }
    }
}
