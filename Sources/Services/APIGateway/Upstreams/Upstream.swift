import ServiceKit

/// A service behind the gateway, by its name in the orchestrator.
enum Upstream: String, Sendable, CaseIterable {
    case users = "user-service"
    case products = "product-service"
    case orders = "order-service"

    /// Where its paths begin.
    private var root: String {
        switch self {
        case .users: "/api/users"
        case .products: "/api/products"
        case .orders: "/api/orders"
        }
    }

    /// The keys of the tokens are the user-service's to publish.
    private static let keys = "/.well-known/jwks.json"

    /// Who answers for `path`, and what such paths are called in logs and metrics; nil when it is nobody behind the gateway.
    static func answering(for path: String) -> (upstream: Upstream, route: String)? {
        for upstream in allCases where path.hasPrefix(upstream.root) {
            let rest = path.utf8.dropFirst(upstream.root.utf8.count)
            if rest.isEmpty || rest.count == 1 && rest.first == UInt8(ascii: "/") { return (upstream, upstream.root) }
            if rest.first == UInt8(ascii: "/") { return (upstream, upstream.rest) }
        }
        return path == keys ? (.users, keys) : nil
    }

    /// What all paths below `root` are called.
    private var rest: String {
        switch self {
        case .users: "/api/users/**"
        case .products: "/api/products/**"
        case .orders: "/api/orders/**"
        }
    }

    /// What may be logged of the paths that lead there.
    static var loggedPath: LoggedPath {
        LoggedPath(words: Dictionary(uniqueKeysWithValues: allCases.map { ($0.rest, $0.words) }))
    }

    /// What the segments of its paths are called, but for ids. Whatever else somebody writes there is not logged.
    private var words: Set<String> {
        switch self {
        case .users: ["register", "login", "refresh", "logout", "me", "password"]
        case .products: ["stock-movements"]
        case .orders: ["cancel"]
        }
    }

    /// The setting with its address where there is no orchestrator.
    var variable: String {
        switch self {
        case .users: "USER_SERVICE_URL"
        case .products: "PRODUCT_SERVICE_URL"
        case .orders: "ORDER_SERVICE_URL"
        }
    }

    /// Whether a POST there with an Idempotency-Key has its effect once, however often it is sent.
    func knowsIdempotencyKeys(_ target: RequestTarget) -> Bool {
        let rest = target.segments.dropFirst(2)
        return switch self {
        case .users: rest.elementsEqual(["register"])
        case .products: rest.isEmpty || rest.last == "stock-movements"
        case .orders: rest.isEmpty
        }
    }

    /// Whether what lies there is for the shop's services alone. Reservations are the order-service's to make.
    func keepsInside(_ target: RequestTarget) -> Bool {
        guard self == .products, target.depth > 3 else { return false }
        return target.segments.count > 3 && target.segments[3] == "reservations"
    }
}
