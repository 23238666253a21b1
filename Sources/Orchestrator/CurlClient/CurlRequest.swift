/// One HTTP request. No proxy is used and no redirect followed: what answers is what was asked.
package struct CurlRequest: Sendable {
    package var method: String
    package var url: String
    /// Connect to this socket instead of the URL's host and port.
    package var unixSocketPath: String?
    package var headers: [(name: String, value: String)] = []
    /// nil sends no body; an empty one sends `Content-Length: 0`.
    package var body: [UInt8]?
    package var connectTimeout: Duration = .seconds(5)
    /// From the start to the last byte; nil for an answer without end.
    package var timeout: Duration? = .seconds(30)
    /// A larger answer is an error; in a stream, the most that may wait for its reader.
    package var maximumBodyBytes: Int = 8 << 20
    /// Use a connection of its own and close it: a probe asks whether the service still accepts one.
    package var forbidReuse = false

    package init(method: String = "GET", url: String, unixSocketPath: String? = nil) {
        self.method = method
        self.url = url
        self.unixSocketPath = unixSocketPath
    }
}

/// A complete answer.
package struct CurlResponse: Sendable {
    package var status: Int
    /// In the order in which they came, names as they were spelled.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// From the start of the request to the last byte of the answer.
    package var duration: Duration

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8], duration: Duration) {
        self.status = status
        self.headers = headers
        self.body = body
        self.duration = duration
    }

    /// The first value of a header; names are compared without regard to case.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }
}
