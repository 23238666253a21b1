import HTTPTypes
import Hummingbird
import Logging

/// Puts routes, their access rules and the standard middleware into one router.
struct RouteTable {
    let routes: [Route]
    let authenticator: Authenticator?
    let middlewares: [any MiddlewareProtocol<Request, Response, ShopContext>]
    let accessLog: AccessLog

    func router() -> Router<ShopContext> {
        let faults = faults
        precondition(faults.isEmpty, faults.joined(separator: "; "))
        let router = Router(context: ShopContext.self, options: [])
        let paths = LoggedPath()
        router.add(middleware: RequestScope(log: accessLog, paths: paths))
        for middleware in middlewares { router.add(middleware: middleware) }
        router.add(middleware: ProblemMiddleware(paths: paths))
        router.add(middleware: DeadlineMiddleware())

        for (path, routes) in Dictionary(grouping: routes, by: \.path) { add(routes, at: path, to: router) }
        return router
    }

    /// The routes of one path; HEAD comes with GET (RFC 9110 section 9.3.2), and any other method is a 405 that says
    /// which ones there are.
    private func add(_ routes: [Route], at path: String, to router: Router<ShopContext>) {
        var handlers = Dictionary(uniqueKeysWithValues: routes.map { ($0.method, handler(for: $0)) })
        if handlers[.head] == nil, let get = handlers[.get] {
            handlers[.head] = { try await get($0, $1).createHeadResponse() }
        }
        let allowed = HTTPRequest.Method.known.filter { handlers[$0] != nil }.map(\.rawValue).joined(separator: ", ")
        for method in HTTPRequest.Method.known {
            let handler = handlers[method] ?? { _, _ in throw Problem.methodNotAllowed(allowed) }
            router.on(RouterPath(path), method: method, use: handler)
        }
    }

    private func handler(for route: Route) -> Route.Handler {
        let handler = route.operation == nil ? route.handler : negotiating(route.handler)
        guard !route.access.isOpen, let authenticator else { return handler }
        return { request, context in
            var context = context
            context.principal = try await authenticator.principal(of: request.headers)
            try route.access.check(context.principal, in: context)
            return try await answer(request, context, of: route, handler)
        }
    }

    /// The handler's answer, unless it is one about rows with owners and the handler has not asked whose it may reach.
    private func answer(
        _ request: Request, _ context: ShopContext, of route: Route, _ handler: Route.Handler
    ) async throws -> Response {
        guard let reach = route.access.reach(of: context.principal) else { return try await handler(request, context) }
        let ownership = Ownership(reach: reach)
        var context = context
        context.ownership = ownership
        let response = try await handler(request, context)
        guard ownership.wasAsked || response.status.code >= 400 else {
            context.logger.error(
                "an answer was withheld: its handler did not ask whose rows it may reach",
                metadata: ["method": .string(route.method.rawValue), "route": .string(route.path)])
            throw Problem.internalError
        }
        return response
    }

    /// What clients are told of answers with JSON: who does not take it is refused before anything is done. Problems
    /// are told to everybody.
    private func negotiating(_ handler: @escaping Route.Handler) -> Route.Handler {
        { request, context in
            guard request.acceptsJSON else { throw Problem.notAcceptable }
            return try await handler(request, context)
        }
    }
}
