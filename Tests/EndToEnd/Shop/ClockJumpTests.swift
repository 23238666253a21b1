import CLinux
import CurlClient
import Foundation
import References
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The clock on the wall is set by an hour, forward or back, while the shop runs.
///
/// Timeouts and circuits go by the monotonic clock and do not notice. Tokens, reservations and leases outlive processes
/// and go by the clock on the wall: they are over as soon as it says so, also too early; and when it is set back what
/// was to be over by then is so an hour later, but it ends.
@Suite(.timeLimit(.minutes(5)), .serialized, .needs(.faketime)) struct ClockJumpTests {
    private static let hour = 3_600

    @Test func `orders go on, and a token is good while the clock is between its first and its last moment`()
        async throws
    {
        let shop = try ProjectUnderTest(shop: ())
        let clock = try ShopClock(of: shop)
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        let usual = try await shop.operator()
        let lamp = try await api.offer(by: usual)
        let first = try await order(lamp, by: usual, key: "first", api)
        var sold = 1
        for jump in [Self.hour, -Self.hour] {
            try clock.set(jump)
            #expect(abs(try await shown(api) - (now + jump)) < 60, "the services do not see the clock")
            #expect(try await api.send("GET", "/api/orders", by: usual).status == 401)
            let person = try await shop.operator()
            for number in 0..<20 {
                _ = try await order(lamp, by: person, key: "\(jump)-\(number)", api)
            }
            sold += 20
            // What was asked for before is not done again.
            #expect(try await order(lamp, by: person, key: "first", api) == first)
            #expect(try await circuits(api) == ["closed"])
            try clock.set(0)
            #expect(try await api.send("GET", "/api/orders", by: person).status == 401)
            #expect(try await api.send("GET", "/api/orders", by: usual).status == 200)
        }
        #expect(try await stock(of: lamp, api) == 100 - sold)
        try await shop.expect(0, "smoke")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test(arguments: [hour, -hour]) func `a circuit stays open as long as it would, and not longer`(jump: Int)
        async throws
    {
        let shop = try ProjectUnderTest(shop: ())
        let settings = ["BREAKER_MINIMUM_CALLS": "2", "BREAKER_OPEN_MS": "6000", "UPSTREAM_TIMEOUT_MS": "500"]
        let clock = try ShopClock(of: shop, ["api-gateway": settings])
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        let products = try await shop.pid("product-service")
        kill(products, SIGSTOP)
        defer { kill(products, SIGCONT) }
        for _ in 0..<2 { #expect(try await api.send("GET", "/api/products").status == 504) }
        let opened = ContinuousClock.now
        try clock.set(jump)
        kill(products, SIGCONT)
        while ContinuousClock.now - opened < .seconds(4) {
            let refused = try await api.object(503, "GET", "/api/products")
            #expect(refused["type"] as? String == "upstream-suspended")
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await circuits(api) == ["closed", "open"])
        try await eventually("the circuit lets calls through", within: 8) {
            try await api.send("GET", "/api/products").status == 200
        }
        try await eventually("the circuit is closed", within: 8) {
            _ = try await api.send("GET", "/api/products")
            return try await circuits(api) == ["closed"]
        }
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    /// Its pieces are reserved, and its payment is not answered. An hour later, by the clock, they have gone back to
    /// the stock, as those of an order that takes too long do: then it is rejected, and nothing is paid.
    @Test(arguments: [hour, -hour])
    func `an order that is under way comes to its end, and no piece and no money is lost`(
        jump: Int
    ) async throws {
        let payments = HeldPayments()
        let provider = try TestServer(serve: payments.serve)
        let shop = try ProjectUnderTest(shop: ())
        let credential = shop.path.appending("payment-credential")
        try AtomicFile.write(Array("what the provider knows the shop by: \(UUID().uuidString)".utf8), to: credential)
        let settings = [
            "PAYMENT_URL": "http://127.0.0.1:\(provider.port)", "PAYMENT_CREDENTIAL_FILE": credential.string,
        ]
        let clock = try ShopClock(of: shop, ["order-service": settings])
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        let usual = try await shop.operator()
        let lamp = try await api.offer(by: usual)
        let order = try await api.object(202, "POST", "/api/orders", Self.two(lamp), by: usual)
        let id = try #require(order["id"] as? String)
        #expect(order["status"] as? String == "pending")
        #expect(payments.calls > 0)
        #expect(try await stock(of: lamp, api) == 98)

        try clock.set(jump)
        let person = try await shop.operator()
        if jump > 0 {
            try await eventually("the pieces are back") { try await stock(of: lamp, api) == 100 }
        }
        payments.letGo()
        var ended = ""
        try await eventually("the order is decided") {
            let order = try await api.object(200, "GET", "/api/orders/\(id)", by: person)
            ended = order["status"] as? String ?? ""
            return ended != "pending"
        }
        #expect(ended == (jump > 0 ? "rejected" : "confirmed"))
        let payment = jump > 0 ? "voided" : "captured"
        try await eventually("the payment is \(payment)") { payments.statuses == [payment] }
        #expect(try await stock(of: lamp, api) == (jump > 0 ? 100 : 98))
        // The next one is bought as ever.
        let next = try await api.object(201, "POST", "/api/orders", Self.two(lamp), by: person)
        #expect(next["status"] as? String == "confirmed")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    private static func two(_ product: String) -> String { #"{"items":[{"productId":"\#(product)","quantity":2}]}"# }

    /// Orders one piece; the order's id.
    private func order(_ product: String, by person: ShopAPI.Person, key: String, _ api: ShopAPI) async throws -> String
    {
        let body = #"{"items":[{"productId":"\#(product)","quantity":1}]}"#
        let headers = [(name: "Idempotency-Key", value: key)]
        let order = try await api.object(201, "POST", "/api/orders", body, by: person, headers: headers)
        #expect(order["status"] as? String == "confirmed")
        return try #require(order["id"] as? String)
    }

    private func stock(of product: String, _ api: ShopAPI) async throws -> Int {
        try #require(try await api.object(200, "GET", "/api/products/\(product)")["stock"] as? Int)
    }

    /// The states that the gateway's circuits are in.
    private func circuits(_ api: ShopAPI) async throws -> Set<String> {
        let checks = try await api.object(200, "GET", "/health")["checks"] as? [String: Any]
        return Set(try #require(checks?["circuits"] as? [String: String]).values)
    }

    private var now: Int { Int(Date().timeIntervalSince1970) }

    /// Seconds since 1970, as the gateway tells them.
    private func shown(_ api: ShopAPI) async throws -> Int {
        let text = try #require(try await api.object(200, "GET", "/health")["timestamp"] as? String)
        let date = try Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
        return Int(date.timeIntervalSince1970)
    }

    private func eventually(
        _ what: String, within seconds: Int = 60, at location: SourceLocation = #_sourceLocation,
        _ holds: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while try await !holds() {
            try #require(ContinuousClock.now < deadline, "not in \(seconds) s: \(what)", sourceLocation: location)
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
