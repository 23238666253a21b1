import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceKit

/// A response with its body parsed; `null` when there is none.
package struct TestReply: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let body: JSONValue
    package let text: String
}

extension TestClientProtocol {
    /// Sends a request with a JSON body and, if given, an `Authorization` header.
    package func send(
        _ method: HTTPRequest.Method, _ uri: String, _ body: JSONValue? = nil, authorization: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> TestReply {
        try await send(
            method, uri, bytes: body.map(JSONWriter.bytes(of:)), authorization: authorization, headers: headers)
    }

    /// Sends any bytes, declared as JSON unless `headers` say otherwise.
    package func send(
        _ method: HTTPRequest.Method, _ uri: String, bytes: [UInt8]?, authorization: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> TestReply {
        var headers = headers
        if bytes != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        if let authorization { headers[.authorization] = authorization }
        return try await execute(uri: uri, method: method, headers: headers, body: bytes.map(ByteBuffer.init(bytes:))) {
            response in
            let bytes = Array(response.body.readableBytesView)
            let isJSON = response.headers[.contentType]?.contains("json") ?? false
            return TestReply(
                status: response.status.code, headers: response.headers,
                body: isJSON && !bytes.isEmpty ? try JSONParser.parse(bytes) : .null,
                text: String(decoding: bytes, as: UTF8.self))
        }
    }
}
