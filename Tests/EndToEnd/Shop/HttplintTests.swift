import CurlClient
import Foundation
import References
import TestSupport
import Testing

/// What the shop answers through its gateway, as a public checker of HTTP reads it.
@Suite(.timeLimit(.minutes(3)), .serialized, .needs(.httplint)) struct HttplintTests {
    /// Findings that are no fault of the answer, and why.
    private static let accepted = [
        "STATUS_BAD_REQUEST GET /api/products?limit=0 → 400": "said of every 400",
        "STATUS_BAD_REQUEST POST /api/orders → 400": "said of every 400",
        "LOCATION_UNDEFINED POST /api/orders → 409": "a rejected order is kept, and this is where it is read",
    ]

    @Test func `httplint finds nothing to change, and what is personal is not stored`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try shop.add(
            "zz-door.yaml",
            """
            services:
              api-gateway:
                environment: { SIGN_IN_RATE_LIMIT_PER_MINUTE: 20, CORS_ALLOWED_ORIGINS: "https://shop.example" }
            """)
        try await shop.expect(0, "up", "--no-build")
        var visit = try Visit(shop)
        try await visit.run()
        try await shop.expect(0, "down")

        let exchanges = visit.exchanges
        let statuses: Set<Int> = [
            200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 409, 412, 415, 422, 428, 429, 503,
        ]
        #expect(Set(exchanges.map(\.status)) == statuses)
        let findings = try Httplint.findings(in: exchanges)
        #expect(findings == Set(Self.accepted.keys))

        let ofProduct = /\/api\/products\/[^\/]+/
        for exchange in exchanges where !exchange.body.isEmpty {
            let isProduct =
                exchange.method == "GET" && exchange.status == 200 && exchange.path.wholeMatch(of: ofProduct) != nil
            let isKeySet = exchange.path == "/.well-known/jwks.json"
            let expected = isProduct ? "no-cache" : isKeySet ? "max-age=300" : "no-store"
            #expect(exchange.field("cache-control") == expected, "\(exchange.name)")
            if isProduct { #expect(exchange.field("etag") != nil) }
        }
    }

    @Test func `httplint finds what is wrong`() throws {
        let exchange = HTTPExchange(
            method: "GET", path: "/", sent: [], status: 200,
            fields: [["Content-Type", "text/plain"], ["Content-Length", "3"], ["Date", "today"]], body: Data("x".utf8))
        let findings = try Httplint.findings(in: [exchange])
        #expect(findings.contains("CL_INCORRECT \(exchange.name)"))
        #expect(findings.count > 1)
    }
}

/// Everything a client may be told, at least once.
private struct Visit {
    private(set) var exchanges: [HTTPExchange] = []
    private let shop: ProjectUnderTest
    private let api: ShopAPI

    init(_ shop: ProjectUnderTest) throws {
        self.shop = shop
        api = try shop.api()
    }

    mutating func run() async throws {
        let manager = try await shop.operator()
        let ann = try await api.register("ann")
        let product = try await catalogue(manager, ann)
        try await orders(of: product, by: ann)
        for path in ["/.well-known/jwks.json", "/openapi.json", "/health", "/livez", "/readyz", "/metrics"] {
            try await send(200, "GET", path)
        }
        for method in ["OPTIONS", "GET"] {
            let asked = method == "GET" ? [] : [(name: "Access-Control-Request-Method", value: "GET")]
            let path = "/api/products/\(product)"
            try await send(
                method == "GET" ? 200 : 204, method, path, headers: [("Origin", "https://shop.example")] + asked)
        }
        try await send(404, "GET", "/nowhere")
        try await signIns(ann)
        try await shop.expect(0, "stop", "product-service")
        try await send(503, "GET", "/api/products/\(product)")
    }

    private mutating func catalogue(_ manager: ShopAPI.Person, _ ann: ShopAPI.Person) async throws -> String {
        let key = [(name: "Idempotency-Key", value: "lamp")]
        try await send(201, "POST", "/api/products", ShopAPI.lamp, by: manager, headers: key)
        let offer = try await send(201, "POST", "/api/products", ShopAPI.lamp, by: manager, headers: key)
        let path = try #require(offer.header("Location"))
        let tag = try #require(offer.header("ETag"))
        let change = #"{"name":"Lamp","price":{"amount":1,"currency":"EUR"}}"#
        try await send(200, "GET", path)
        try await send(200, "HEAD", path)
        try await send(304, "GET", path, headers: [("If-None-Match", tag)])
        try await send(200, "GET", "/api/products?limit=1")
        try await send(400, "GET", "/api/products?limit=0")
        try await send(404, "GET", "/api/products/\(UUID().uuidString.lowercased())")
        try await send(405, "DELETE", path, by: manager)
        try await send(406, "GET", path, headers: [("Accept", "text/html")])
        try await send(403, "PUT", path, change, by: ann, headers: [("If-Match", tag)])
        try await send(428, "PUT", path, change, by: manager)
        try await send(412, "PUT", path, change, by: manager, headers: [("If-Match", #""v0""#)])
        try await send(200, "PUT", path, change, by: manager, headers: [("If-Match", tag)])
        try await send(200, "GET", path + "/stock-movements", by: manager)
        return String(path.dropFirst("/api/products/".count))
    }

    private mutating func orders(of product: String, by ann: ShopAPI.Person) async throws {
        func items(_ quantity: Int) -> String {
            #"{"items":[{"productId":"\#(product)","quantity":\#(quantity)}]}"#
        }
        let order = try await send(201, "POST", "/api/orders", items(1), by: ann)
        let path = try #require(order.header("Location"))
        try await send(200, "GET", path, by: ann)
        try await send(200, "GET", "/api/orders", by: ann)
        try await send(200, "POST", path + "/cancel", by: ann)
        try await send(409, "POST", "/api/orders", items(101), by: ann)
        try await send(422, "POST", "/api/orders", items(0), by: ann)
        try await send(400, "POST", "/api/orders", "{", by: ann)
        try await send(415, "POST", "/api/orders", "x", by: ann, headers: [("Content-Type", "text/plain")])
        try await send(401, "GET", "/api/orders")
    }

    /// Until the account's throttle has refused a password, and the gateway's limit whoever asks.
    private mutating func signIns(_ ann: ShopAPI.Person) async throws {
        func credentials(_ password: String) -> String { #"{"login":"ann","password":"\#(password)"}"# }
        let begun = try await send(200, "POST", "/api/users/login", credentials("correct horse battery"))
        let session = try #require(try JSONSerialization.jsonObject(with: Data(begun.body)) as? [String: Any])
        let refreshToken = try #require(session["refreshToken"] as? String)
        try await send(200, "GET", "/api/users/me", by: ann)
        try await send(204, "POST", "/api/users/logout", #"{"refreshToken":"\#(refreshToken)"}"#, by: ann)
        var refusals: Set<String> = []
        for _ in 0..<40 where refusals.count < 2 {
            let answer = try await send(nil, "POST", "/api/users/login", credentials("not the password"))
            let problem = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
            if answer.status == 429, let type = problem["type"] as? String { refusals.insert(type) }
        }
        #expect(refusals.count == 2, "\(refusals)")
    }

    @discardableResult
    private mutating func send(
        _ expected: Int?, _ method: String, _ path: String, _ body: String? = nil, by person: ShopAPI.Person? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> CurlResponse {
        let answer = try await api.send(method, path, body, by: person, headers: headers)
        if let expected { #expect(answer.status == expected, "\(method) \(path)") }
        exchanges.append(
            HTTPExchange(
                method: method, path: path, sent: headers.map { [$0.name, $0.value] }, status: answer.status,
                fields: answer.headers.map { [$0.name, $0.value] }, body: Data(answer.body)))
        return answer
    }
}
