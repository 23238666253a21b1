import HTTPTypes
import Hummingbird

/// One resource and method, who may use it, what of its body may be written, and what answers. A service is a list of
/// these.
package struct Route: Sendable {
    package typealias Handler = @Sendable (Request, ShopContext) async throws -> Response
    package typealias BodyHandler = @Sendable (Request, JSONBody, ShopContext) async throws -> Response

    package let method: HTTPRequest.Method
    /// A router path: `/api/users/:id`; `**` at the end takes the rest.
    package let path: String
    package let access: AccessRule
    /// The members of its JSON body that may be written; nil when it reads none.
    package let writable: Set<String>?
    package let handler: Handler
    /// What the service's OpenAPI document says of it; nil for what is not for clients.
    package private(set) var operation: Operation?

    package init(_ method: HTTPRequest.Method, _ path: String, access: AccessRule, handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.access = access
        writable = nil
        self.handler = handler
    }

    /// One that reads a JSON body, of which `members` may be written.
    private init(
        _ method: HTTPRequest.Method, _ path: String, access: AccessRule, writing members: Set<String>,
        handler: @escaping BodyHandler
    ) {
        self.method = method
        self.path = path
        self.access = access
        writable = members
        self.handler = { try await handler($0, JSONBody(request: $0, members: members), $1) }
    }

    package static func get(_ path: String, access: AccessRule, _ handler: @escaping Handler) -> Route {
        Route(.get, path, access: access, handler: handler)
    }

    package static func post(_ path: String, access: AccessRule, _ handler: @escaping Handler) -> Route {
        Route(.post, path, access: access, handler: handler)
    }

    package static func post(
        _ path: String, access: AccessRule, writing members: Set<String>, _ handler: @escaping BodyHandler
    ) -> Route {
        Route(.post, path, access: access, writing: members, handler: handler)
    }

    package static func put(_ path: String, access: AccessRule, _ handler: @escaping Handler) -> Route {
        Route(.put, path, access: access, handler: handler)
    }

    package static func put(
        _ path: String, access: AccessRule, writing members: Set<String>, _ handler: @escaping BodyHandler
    ) -> Route {
        Route(.put, path, access: access, writing: members, handler: handler)
    }

    package static func delete(_ path: String, access: AccessRule, _ handler: @escaping Handler) -> Route {
        Route(.delete, path, access: access, handler: handler)
    }

    /// The same route with what its clients are told.
    package func described(_ operation: Operation) -> Route {
        var copy = self
        copy.operation = operation
        return copy
    }
}
