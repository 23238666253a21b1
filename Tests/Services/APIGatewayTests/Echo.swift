import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import ServiceKit

/// Answers with what was asked.
enum Echo {
    @Sendable static func answer(_ request: Request, _ context: ShopContext) async throws -> Response {
        let body = try await request.body.collect(upTo: 1024 * 1024)
        let fields = request.headers.map { JSONValue.Member($0.name.canonicalName, .string($0.value)) }
        return .json(
            .ok,
            [
                "method": .string(request.method.rawValue), "target": .string(request.uri.string),
                "host": .string(request.head.authority ?? ""), "fields": .object(fields),
                "body": .string(String(buffer: body)),
            ])
    }

    /// The same, as the service called `name`.
    static func named(_ name: String) -> Route.Handler {
        { _, _ in .json(.ok, .string(name)) }
    }
}
