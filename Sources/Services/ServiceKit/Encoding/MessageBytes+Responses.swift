import NIOHTTP1

extension MessageBytes {
    /// Begins a response, framed so that the connection can be used again (RFC 9112 section 6.3): a status that has no body
    /// gets no length, and a body whose length nobody has said is sent in chunks. A client of HTTP/1.0 gets it as it is, and
    /// the end of the connection.
    ///
    /// - Parameter more: fields that follow those of `head`; none of them says anything of the framing.
    package mutating func begin(_ head: HTTPResponseHead, _ more: FieldBytes?) {
        var fields = head.headers
        var framing = Framing.plain
        if !head.status.mayHaveResponseBody {
            if fields.contains(name: "Content-Length") { fields.remove(name: "Content-Length") }
            if fields.contains(name: "Transfer-Encoding") { fields.remove(name: "Transfer-Encoding") }
        } else if fields.contains(name: "Content-Length") {
            // Not both.
            if fields.contains(name: "Transfer-Encoding") { fields.remove(name: "Transfer-Encoding") }
        } else if head.version == .http1_1 {
            fields.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
            framing = .chunked
        }
        let version: StaticString = head.version == .http1_1 ? "HTTP/1.1 " : "HTTP/1.0 "
        if head.status == .ok {
            begin([.fixed(version), .fixed("200 OK")], fields, more, framing)
        } else {
            begin([.fixed(version), .text("\(head.status.code) \(head.status.reasonPhrase)")], fields, more, framing)
        }
    }
}
