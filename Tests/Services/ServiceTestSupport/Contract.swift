import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit
import Synchronization

/// Holds every exchange of a test with a service against the service's own OpenAPI document. Appended to the outer
/// middlewares; whoever serves asks for ``violations`` at the end.
package final class Contract: Sendable {
    private let document: JSONValue
    private let found = Mutex<[String]>([])

    package init(_ routes: [Route]) { document = OpenAPIDocument(title: "test", routes: routes).json }

    package var violations: [String] { found.withLock(\.self) }

    package var middleware: any MiddlewareProtocol<Request, Response, ShopContext> {
        ContractMiddleware(contract: self)
    }

    fileprivate func check(_ exchange: Exchange) {
        // What is not described is not for clients.
        guard let operation = document["paths"]?[exchange.path]?[exchange.method.lowercased()] else { return }
        var wrong: [String] = []
        let answers = operation["responses"]
        if let answer = answers?[String(exchange.status)] ?? (exchange.status >= 400 ? answers?["default"] : nil) {
            wrong += check(exchange.answer, of: exchange.type, answer["content"], "answer")
        } else {
            wrong.append("status \(exchange.status) is not in the document")
        }
        // A body that nobody asked for is not read.
        if exchange.status < 300, let request = exchange.request, let body = operation["requestBody"] {
            wrong += check(request, of: "application/json", body["content"], "request")
        }
        let context = "\(exchange.method) \(exchange.path) → \(exchange.status): "
        found.withLock { $0 += wrong.map { context + $0 } }
    }

    private func check(_ body: JSONValue?, of type: String?, _ content: JSONValue?, _ what: String) -> [String] {
        guard let body else { return content == nil ? [] : ["the \(what) has no body"] }
        guard let schema = content?[type ?? ""]?["schema"] else {
            return ["the \(what) has a body of \(type ?? "no type")"]
        }
        return SchemaChecker(document: document).violations(of: body, against: schema).map { "\(what)\($0)" }
    }
}

private struct Exchange {
    let method: String
    let path: String
    let status: Int
    let type: String?
    /// nil when there is none.
    let request: JSONValue?
    let answer: JSONValue?
}

private struct ContractMiddleware: RouterMiddleware {
    let contract: Contract

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        // Larger ones are for tests of limits.
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        let asked = length > 0 && length <= 65_536 ? try await request.collectBody(upTo: 65_536) : ByteBuffer()
        var response = try await next(request, context)
        let writer = BodyCollector()
        try await response.body.write(writer)
        let answer = writer.bytes.withLock(\.self)
        response.body = ResponseBody(byteBuffer: answer)
        contract.check(
            Exchange(
                method: request.method.rawValue, path: context.endpointPath.map(Self.template) ?? request.uri.path,
                status: response.status.code, type: response.headers[.contentType], request: Self.json(asked),
                answer: Self.json(answer)))
        return response
    }

    private static func template(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
    }

    private static func json(_ bytes: ByteBuffer) -> JSONValue? {
        bytes.readableBytes == 0 ? nil : try? JSONParser.parse(Array(bytes.readableBytesView))
    }
}

private final class BodyCollector: ResponseBodyWriter {
    let bytes = Mutex(ByteBuffer())

    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { _ = $0.writeImmutableBuffer(buffer) } }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
