import CLinux
import CurlClient
import Foundation
import GRDB
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// A part of the shop that is away, and what the others make of it.
@Suite(.timeLimit(.minutes(3)), .serialized) struct ShopOutageTests {
    @Test func `without the user-service a good token is good, and without its keys nobody is called a stranger`()
        async throws
    {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        let manager = try await shop.operator()
        _ = try await api.offer(by: manager)

        try await shop.expect(0, "stop", "user-service")
        for _ in 0..<20 { _ = try await api.offer(by: manager) }

        // Its keys are in no file, so the next one has none.
        let before = try await shop.pid("product-service")
        kill(before, SIGKILL)
        #expect(Processes.waitForEnd(before))
        let products = try shop.api(of: "product-service")
        try await eventually("the product-service is back") {
            (try? await products.send("GET", "/livez").status) == 200
        }
        for _ in 0..<5 {
            let answer = try await products.send("POST", "/api/products", ShopAPI.lamp, by: manager)
            #expect(answer.status == 503)
            #expect(try await api.send("POST", "/api/products", ShopAPI.lamp, by: manager).status == 503)
        }

        try await shop.expect(0, "start", "user-service")
        try await shop.expect(0, "wait", "user-service", "product-service", "--for", "healthy", "--timeout", "30s")
        var statuses: Set<Int> = []
        try await eventually("products can be made again") {
            statuses.insert(try await api.send("POST", "/api/products", ShopAPI.lamp, by: manager).status)
            return statuses.contains(201)
        }
        #expect(statuses.isSubset(of: [201, 503]))
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test func `a service whose database is held is not ready, lives on, and is ready again afterwards`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        let databases = ["user-service": "users.db", "product-service": "products.db", "order-service": "orders.db"]
        let probe = "healthcheck: { http: /health, interval: 100ms, timeout: 1s, retries: 2, start_period: 20s }"
        try shop.add("zzz-often.yaml", "services:\n" + databases.keys.map { "  \($0): { \(probe) }\n" }.joined())
        try await shop.expect(0, "up", "--no-build")
        let runs = try await runs(shop)

        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        var held: [DatabaseQueue] = []
        for (service, name) in databases {
            let queue = try DatabaseQueue(
                path: shop.layout.data(of: service).appending(name).string, configuration: configuration)
            try await queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            held.append(queue)
        }
        for service in databases.keys {
            let api = try shop.api(of: service)
            let ready = try await api.object(503, "GET", "/readyz")
            #expect(ready["failed"] as? [String] == ["database"], "\(service)")
            #expect(try await api.send("GET", "/livez").status == 200, "\(service)")
            try await eventually("\(service) is unhealthy") { try await health(service, shop) == "unhealthy" }
        }
        // A round of probes later it is still the same process.
        for service in databases.keys {
            #expect(try await shop.api(of: service).send("GET", "/livez").status == 200, "\(service)")
        }
        #expect(try await self.runs(shop) == runs)

        for queue in held { try await queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") } }
        try await shop.expect(
            0, "wait", "user-service", "product-service", "order-service", "--for", "healthy", "--timeout", "30s")
        #expect(try await self.runs(shop) == runs)
        try await shop.expect(0, "smoke")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    /// Which run of each service it is, and which process.
    private func runs(_ shop: ProjectUnderTest) async throws -> [String: [Int]] {
        let rows = try await shop.status()
        #expect(rows.count == 4)
        return Dictionary(
            rows.map { row in
                let numbers = ["run", "pid", "restarts"].compactMap { row[$0] as? Int }
                return (row["service"] as? String ?? "", numbers)
            }
        ) { first, _ in first }
    }

    private func health(_ service: String, _ shop: ProjectUnderTest) async throws -> String? {
        try await shop.status().first { $0["service"] as? String == service }?["health"] as? String
    }

    /// Asks again for up to 30 s.
    private func eventually(
        _ what: String, at location: SourceLocation = #_sourceLocation, _ holds: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !holds() {
            try #require(ContinuousClock.now < deadline, "not in 30 s: \(what)", sourceLocation: location)
            await Task.yield()
        }
    }
}
