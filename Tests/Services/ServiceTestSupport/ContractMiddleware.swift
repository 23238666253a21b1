import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit
import Synchronization

/// One request and its answer, as far as an OpenAPI document speaks of them.
struct Exchange {
    let method: String
    /// As the document writes it: `/api/users/{id}`.
    let path: String
    let pathValues: [String: String]
    let query: [String: String]
    let requestFields: HTTPFields
    /// nil when there is none.
    let requestJSON: JSONValue?
    let status: Int
    let answerFields: HTTPFields
    let answer: String

    var answerJSON: JSONValue? { answer.isEmpty ? nil : try? JSONParser.parse(Array(answer.utf8)) }

    /// The values of a parameter in its place: `query`, `path` or `header`.
    func values(of name: String, in place: String?) -> [String] {
        switch place {
        case "query": [query[name]].compactMap(\.self)
        case "path": [pathValues[name]].compactMap(\.self)
        default: HTTPField.Name(name).map { requestFields[values: $0] } ?? []
        }
    }
}

struct ContractMiddleware: RouterMiddleware {
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
        let (template, values) = Self.path(of: request, in: context)
        contract.check(
            Exchange(
                method: request.method.rawValue, path: template, pathValues: values, query: Self.query(of: request),
                requestFields: request.headers, requestJSON: Self.json(asked), status: response.status.code,
                answerFields: response.headers, answer: String(buffer: answer)))
        return response
    }

    private static func path(of request: Request, in context: ShopContext) -> (String, [String: String]) {
        guard let route = context.endpointPath else { return (request.uri.path, [:]) }
        let parts = route.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }
        let values = zip(parts, request.uri.path.split(separator: "/")).filter { $0.0.hasPrefix("{") }
        return (
            "/" + parts.joined(separator: "/"),
            Dictionary(values.map { (String($0.0.dropFirst().dropLast()), String($0.1)) }) { $1 }
        )
    }

    private static func query(of request: Request) -> [String: String] {
        Dictionary(
            request.uri.queryParameters.filter { !($0.key.isEmpty && $0.value.isEmpty) }
                .map { (String($0.key), String($0.value)) }
        ) { $1 }
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
