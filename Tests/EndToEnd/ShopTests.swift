import CLinux
import CurlClient
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The whole path, as a person walks it.
@Suite(.timeLimit(.minutes(3)), .serialized) struct ShopTests {
    @Test func `the shop comes up, passes its smoke test and goes down without a trace`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        let up = try await shop.expect(0, "up", "--no-build")
        #expect(up.output.contains(shop.gateway) || up.errors.contains(shop.gateway))
        let rows = try await shop.status()
        #expect(rows.count == 4)
        #expect(rows.allSatisfy { $0["state"] as? String == "running" && $0["health"] as? String == "healthy" })

        let junit = shop.path.appending("smoke.xml").string
        try await shop.expect(0, "smoke", "--junit", junit)
        let report = try String(contentsOfFile: junit, encoding: .utf8)
        #expect(report.contains("<testsuite"))
        #expect(!report.contains("<failure"))

        let again = try await shop.expect(0, "up", "--no-build")
        #expect(try await shop.status().compactMap { $0["run"] as? Int } == [1, 1, 1, 1], "\(again)")

        let down = try await shop.expect(0, "down")
        #expect((down.output + down.errors).contains("0 processes, 0 ports, 0 sockets left"))
        shop.expectNothingLeft()
        try await shop.expect(3, "status")
        try await shop.expect(0, "down")
        let logs = try await shop.expect(0, "logs", "user-service", "--tail", "5", "--format", "json")
        #expect(logs.output.split(separator: "\n").count == 5)
    }

    @Test func `people register, log in and order from the command line`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let lamp = try await shop.expect(
            0, "product", "create", "--name", "Lamp", "--price", "19.99", "--currency", "EUR", "--stock", "3", "-q")
        let product = lamp.output.trimmingCharacters(in: .newlines)
        #expect(UUID(uuidString: product) != nil)
        try await shop.expect(
            0, "user", "register", "--username", "ada", "--email", "ada@example.org", input: "correct horse battery\n")
        try await shop.expect(
            65, "user", "register", "--username", "ADA", "--email", "other@example.org",
            input: "correct horse battery\n")
        try await shop.expect(77, "user", "login", "--username", "ada", input: "not the password\n")
        try await shop.expect(0, "user", "login", "--username", "ada", input: "correct horse battery\n")
        try await shop.expect(
            77, "product", "create", "--name", "X", "--price", "1", "--currency", "EUR", "--stock", "1")
        let order = try await shop.expect(0, "order", "place", "\(product):2", "-q").output
        let id = order.trimmingCharacters(in: .newlines)
        let shown = try await shop.expect(0, "order", "show", id, "--format", "json")
        #expect(shown.output.contains("confirmed"))
        let trace = try await shop.expect(0, "trace", id).output
        for service in ["api-gateway", "user-service", "product-service", "order-service"] {
            #expect(trace.contains("\(service).1"), "\(trace)")
        }
        #expect(trace.contains("POST /api/orders") && trace.contains("critical path"), "\(trace)")
        let short = try await shop.expect(65, "order", "place", "\(product):2")
        #expect(short.errors.contains("not enough pieces"))
        let left = try await shop.expect(0, "product", "show", product, "--format", "json")
        #expect(left.output.contains("\"stock\":1"))
        try await shop.expect(64, "order", "place", "\(product):none")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test func `the operator keeps the catalogue from the command line`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let create = ["product", "create", "--name", "Desk lamp", "--price", "30", "--stock", "2", "-q"]
        let first = try await shop.start(create + ["--idempotency-key", "lamp-1"]).result()
        let again = try await shop.start(create + ["--idempotency-key", "lamp-1"]).result()
        #expect(first.code == 0 && first.output == again.output, "\(first) \(again)")
        let lamp = first.output.trimmingCharacters(in: .newlines)
        let mug = try await shop.expect(
            0, "product", "create", "--name", "Mug", "--price", "5", "--stock", "0", "-q"
        ).output.trimmingCharacters(in: .newlines)

        let found = try await shop.expect(0, "product", "list", "--search", "lamp", "-q")
        #expect(found.output == "\(lamp)\n")
        let cheap = try await shop.expect(0, "product", "list", "--max-price", "9.99", "-q")
        #expect(cheap.output == "\(mug)\n")
        let sorted = try await shop.expect(0, "product", "list", "--sort", "-price", "--limit", "1", "--all", "-q")
        #expect(sorted.output == "\(lamp)\n\(mug)\n")

        try await shop.expect(0, "product", "stock", mug, "--add", "3", "--reason", "received")
        let short = try await shop.expect(65, "product", "stock", mug, "--remove", "4", "--reason", "lost")
        #expect(short.errors.contains("409 insufficient-stock, request "))
        let trail = try await shop.expect(0, "product", "stock", mug, "--format", "json")
        #expect(trail.output.contains("\"delta\":3"))
        let changed = try await shop.expect(0, "product", "update", mug, "--price", "6", "--format", "json")
        #expect(changed.output.contains("\"amount\":600") && changed.output.contains("\"stock\":3"))
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test func `people change their password and log out, and no token is printed`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let registered = try await shop.expect(
            0, "user", "register", "--username", "ada", "--email", "ada@example.org", "--format", "json",
            input: "correct horse battery\n")
        let loggedIn = try await shop.expect(
            0, "user", "login", "--login", "ada", "--format", "json", input: "correct horse battery\n")
        for result in [registered, loggedIn] {
            #expect(result.output.contains("\"username\":\"ada\""), "\(result)")
            #expect(!(result.output + result.errors).lowercased().contains("token"), "\(result)")
        }
        try await shop.expect(0, "user", "update", "--first-name", "Ada")
        #expect(try await shop.expect(0, "user", "me").output.contains("Ada"))
        try await shop.expect(77, "user", "password", input: "not the password\nstaple battery horse\n")
        try await shop.expect(0, "user", "password", input: "correct horse battery\nstaple battery horse\n")
        try await shop.expect(77, "user", "login", "--login", "ada", input: "correct horse battery\n")
        try await shop.expect(0, "user", "login", "--login", "ada", input: "staple battery horse\n")
        try await shop.expect(0, "user", "logout")
        #expect(try await shop.expect(0, "user", "me").output.contains("operator"))
        try await shop.expect(77, "user", "password", input: "a\nb\n")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test func `killed services are replaced and the shop goes on`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        for service in ["user-service", "product-service", "order-service"] {
            kill(try await shop.pid(service), SIGKILL)
            try await shop.expect(0, "wait", service, "--for", "healthy", "--timeout", "20s")
        }
        try await shop.expect(0, "wait", "api-gateway", "order-service", "--for", "healthy", "--timeout", "20s")
        try await shop.expect(0, "smoke")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test func `a smoke test that fails names its step, its request and what was logged of it`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        try await shop.expect(0, "stop", "order-service")
        let junit = shop.path.appending("smoke.xml").string
        let result = try await shop.expect(1, "smoke", "--junit", junit)
        let said = result.output + result.errors
        #expect(said.contains("place an order of both") || said.contains("every service is ready"))
        #expect(try String(contentsOfFile: junit, encoding: .utf8).contains("<failure"))
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test func `no route answers malformed input with a 5xx`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let client = try CurlClient()
        let token = try await operatorToken(of: shop, client)
        let routes = [
            ("POST", "/api/users/register"), ("POST", "/api/users/login"), ("POST", "/api/users/refresh"),
            ("POST", "/api/users/logout"), ("POST", "/api/users/me/password"),
            ("PUT", "/api/users/4b7f26a4-1111-4222-8333-444455556666"),
            ("POST", "/api/products"), ("PUT", "/api/products/4b7f26a4-1111-4222-8333-444455556666"),
            ("POST", "/api/orders"), ("GET", "/api/orders/not-a-uuid"), ("GET", "/api/products/%00"),
            ("POST", "/api/orders/4b7f26a4-1111-4222-8333-444455556666/cancel"), ("DELETE", "/api/products"),
            ("GET", "/api/products?limit=-1"), ("GET", "/api/products?cursor=x"), ("GET", "/nothing"),
        ]
        let bodies: [(String, [UInt8])] = [
            ("application/json", Array("{".utf8)), ("application/json", Array("[]".utf8)),
            ("application/json", Array(#"{"a":1,"a":2}"#.utf8)), ("application/json", [0xFF, 0xFE, 0x00]),
            ("application/json", Array(String(repeating: "[", count: 100_000).utf8)),
            ("application/json", Array(#"{"username":5,"email":{},"password":[],"items":"x","extra":null}"#.utf8)),
            ("text/plain", Array("hello".utf8)), ("application/json", [UInt8](repeating: 0x20, count: 3 << 20)),
        ]
        for (method, path) in routes {
            for (type, body) in bodies {
                var request = CurlRequest(method: method, url: shop.gateway + path)
                request.headers = [
                    ("Content-Type", type), ("Authorization", "Bearer \(token)"), ("If-Match", "*"),
                ]
                request.body = method == "GET" ? nil : body
                let response = try await client.send(request)
                #expect(
                    (400..<500).contains(response.status) && ![401, 429].contains(response.status),
                    "\(method) \(path) \(body.count) bytes: \(response.status)")
                #expect(
                    response.header("content-type")?.hasPrefix("application/problem+json") == true,
                    "\(method) \(path): \(response.status)")
            }
        }
        try await shop.expect(0, "down")
    }

    /// So that a request reaches the handler, whose answer is wanted, and not only the check of who asks.
    private func operatorToken(of shop: ProjectUnderTest, _ client: CurlClient) async throws -> String {
        let file = shop.path.appending(".msctl/secrets/operator-password").string
        let password = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        var request = CurlRequest(method: "POST", url: shop.gateway + "/api/users/login")
        request.headers = [("Content-Type", "application/json")]
        request.body = Array(#"{"login":"operator","password":"\#(password)"}"#.utf8)
        let response = try await client.send(request)
        let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return try #require(answer?["token"] as? String)
    }

    @Test func `one name, two people at once: one account`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let client = try CurlClient()
        let url = shop.gateway + "/api/users/register"
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask {
                    var request = CurlRequest(method: "POST", url: url)
                    request.headers = [("Content-Type", "application/json")]
                    request.body = Array(
                        #"{"username":"grace","email":"g\#(number)@example.org","password":"correct horse battery"}"#
                            .utf8)
                    return try await client.send(request).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == 201 }.count == 1)
        #expect(statuses.filter { $0 == 409 }.count == 19)
        try await shop.expect(0, "down")
    }
}
