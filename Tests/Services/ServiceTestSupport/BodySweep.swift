import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit

/// Sends bodies that are wrong to every route that takes one, as somebody who may use it and has seen every version:
/// only the body can be refused.
package struct BodySweep: Sendable {
    let document: JSONValue
    private let routes: [Route]
    private let path: @Sendable (_ route: String) -> String
    private let authorization: @Sendable (Route) -> String?

    /// - Parameter path: the request's path for a route's.
    package init(
        _ routes: [Route], path: @escaping @Sendable (_ route: String) -> String,
        authorization: @escaping @Sendable (Route) -> String?
    ) {
        let document = OpenAPIDocument(title: "test", routes: routes).json
        self.document = document
        self.routes = routes.filter { $0.writable != nil }
        self.path = path
        self.authorization = authorization
    }

    /// `POST /api/things`, sorted.
    package var names: [String] { routes.map(Self.name).sorted() }

    /// What is answered otherwise than with 400, or 413 when it is too long; and 5xx to what is JSON only just.
    package func malformed(
        _ client: any TestClientProtocol, _ malformed: [[UInt8]] = JSONDocuments.malformed,
        valid: [[UInt8]] = JSONDocuments.valid.map { Array($0.utf8) }
    ) async throws -> [String] {
        var findings: [String] = []
        for route in routes {
            for bytes in malformed {
                let isLong = bytes.count > Request.defaultBodyLimit
                let reply = try await send(bytes, to: route, client)
                if reply.status != (isLong ? 413 : 400)
                    || reply.body["type"] != (isLong ? "body-too-large" : "malformed-json")
                {
                    let shown = String(decoding: bytes.prefix(80), as: UTF8.self)
                    findings.append("\(Self.name(route)) says \(reply.status) to \(shown)")
                }
            }
            for bytes in valid where try await send(bytes, to: route, client).status >= 500 {
                findings.append("\(Self.name(route)) fails with \(String(decoding: bytes.prefix(80), as: UTF8.self))")
            }
        }
        return findings
    }

    /// The same with the documents of the public suite.
    package func malformed(_ client: any TestClientProtocol, of suite: JSONTestSuite) async throws -> [String] {
        try await malformed(
            client, Array(suite.invalid.values), valid: Array(suite.valid.values) + Array(suite.undecided.values))
    }

    /// Bodies that are right but for one member too many, or for an object where a text or number belongs, which are
    /// answered otherwise than with 422 and that one error.
    package func unknownMembers(_ client: any TestClientProtocol) async throws -> [String] {
        var findings: [String] = []
        for route in routes {
            guard let schema = Self.body(of: route, in: document) else { continue }
            let bodies = SchemaExample(document: document).spoiled(schema)
            if bodies.count < 20 { findings.append("\(Self.name(route)) gets \(bodies.count) bodies only") }
            for (pointer, body) in bodies {
                let reply = try await send(JSONWriter.bytes(of: body), to: route, client)
                let errors = reply.body["errors"]?.array ?? []
                if reply.status != 422 || reply.body["type"] != "invalid-body" || errors.count != 1
                    || errors[0]["pointer"]?.string?.hasPrefix(pointer) != true
                {
                    findings.append("\(Self.name(route)) says \(reply.status) \(reply.body) to \(body)")
                }
            }
        }
        return findings
    }

    private func send(_ bytes: [UInt8], to route: Route, _ client: any TestClientProtocol) async throws -> TestReply {
        try await client.send(
            route.method, path(route.path), bytes: bytes, authorization: authorization(route), headers: [.ifMatch: "*"])
    }

    private static func body(of route: Route, in document: JSONValue) -> JSONValue? {
        let path = route.path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }
        let operation = document["paths"]?["/" + path.joined(separator: "/")]?[route.method.rawValue.lowercased()]
        return operation?["requestBody"]?["content"]?["application/json"]?["schema"]
    }

    private static func name(_ route: Route) -> String { "\(route.method.rawValue) \(route.path)" }
}
