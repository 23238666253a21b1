import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The largest body read unless a route says otherwise.
    package static let defaultBodyLimit = 64 * 1024

    /// The JSON body: 415 when it is not declared as JSON or is encoded, 413 past `limit` bytes, 400 when it is not
    /// JSON. Routes read it through ``JSONBody``.
    func json(limit: Int = defaultBodyLimit) async throws -> JSONValue {
        guard Self.isJSON(headers[.contentType]) else { throw Problem.unsupportedMediaType }
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem.unsupportedEncoding
        }
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Problem.bodyTooLarge(limit: limit)
        }
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge(limit: limit)
        }
        do {
            return try JSONParser.parse(Array(buffer.readableBytesView))
        } catch {
            throw Problem.malformedJSON(error)
        }
    }

    /// `application/json`, with no parameter but `charset=utf-8`.
    private static func isJSON(_ contentType: String?) -> Bool {
        guard let parts = contentType?.lowercased().split(separator: ";", maxSplits: 1) else { return false }
        guard parts.first?.trimming(" \t") == "application/json" else { return false }
        return parts.count == 1 || ["charset=utf-8", "charset=\"utf-8\""].contains(parts[1].trimming(" \t"))
    }
}

extension Response {
    /// 204, which must not carry a length (RFC 9110 section 8.6).
    package static var noContent: Response {
        var response = Response(status: .noContent)
        response.headers[.contentLength] = nil
        return response
    }

    /// A JSON response. Answers are personal or soon stale unless a route says otherwise, so nothing keeps them.
    package static func json(
        _ status: HTTPResponse.Status, _ value: some JSONWritable, headers: HTTPFields = [:],
        type: String = "application/json"
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(of: value))))
    }

    /// The same for what may be written as a literal.
    package static func json(
        _ status: HTTPResponse.Status, _ value: JSONValue, headers: HTTPFields = [:]
    ) -> Response {
        json(status, value as JSONValue, headers: headers, type: "application/json")
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> Substring {
        var rest = self
        while let first = rest.first, characters.contains(first) { rest.removeFirst() }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return rest
    }
}
