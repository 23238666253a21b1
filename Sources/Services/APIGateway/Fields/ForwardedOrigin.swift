/// Where a request came from and whom it named, as those behind the gateway are told. Mostly the same for all requests of
/// a connection.
struct ForwardedOrigin {
    let client: IPAddress?
    let host: String
    /// `X-Forwarded-For`.
    let address: String
    /// `Forwarded`.
    let forwarded: String

    /// - Parameter host: has been checked: it holds nothing that would end a quoted string.
    init(_ client: IPAddress?, host: String) {
        self.client = client
        self.host = host
        let text = client?.description
        address = text ?? "unknown"
        // RFC 7239: a value that is no token is quoted, an IPv6 address is bracketed.
        let node = text.map { $0.contains(":") ? "\"[\($0)]\"" : $0 } ?? "unknown"
        forwarded = "for=\(node);proto=http;host=\"\(host)\""
    }

    func isOf(_ client: IPAddress?, host: String) -> Bool { self.client == client && self.host == host }
}
