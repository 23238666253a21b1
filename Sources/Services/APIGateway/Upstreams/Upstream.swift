/// A service behind the gateway, by its name in the orchestrator.
enum Upstream: String, Sendable, CaseIterable {
    case users = "user-service"
    case products = "product-service"
    case orders = "order-service"

    /// The router paths that lead there.
    var routes: [String] {
        switch self {
        case .users: ["/api/users", "/api/users/**", "/.well-known/jwks.json"]
        case .products: ["/api/products", "/api/products/**"]
        case .orders: ["/api/orders", "/api/orders/**"]
        }
    }

    /// What the segments of its paths are called, but for ids. Whatever else somebody writes there is not logged.
    var words: Set<String> {
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
        self == .products && target.segments.count > 3 && target.segments[3] == "reservations"
    }
}
