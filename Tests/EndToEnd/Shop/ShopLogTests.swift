import CurlClient
import Foundation
import TestSupport
import Testing

/// What clients send, and what of it comes into the logs.
@Suite(.timeLimit(.minutes(3)), .serialized) struct ShopLogTests {
    /// None of them is a user name.
    private static let naughty: [String] = [
        " ", "\n", "\r\n", "a\r\n{\"level\":\"error\",\"message\":\"forged\"}\n", "a\nb\nc", "\u{0}", "ab\u{0}c",
        "\u{1B}[2J\u{1B}[H", "\u{1B}]0;title\u{07}", "\u{1B}]52;c;cm0gLXJm\u{07}", "\u{9B}31m", "\u{85}\u{90}\u{9C}",
        "\u{7F}\u{08}\u{08}", "\u{0B}\u{0C}\t", "abc\u{2028}def", "\u{2029}", "user\u{202E}gpj.exe",
        "\u{202A}\u{202B}\u{202C}\u{202D}", "\u{2066}\u{2067}\u{2068}\u{2069}", "\u{200E}\u{200F}\u{61C}",
        "\u{FEFF}abc", "\u{FFFD}\u{FFFE}\u{FFFF}", "\u{10FFFF}", "\"\"\"", "\\\\\\", "\\u0000", "'\"`$(id)",
        "</script><script>", "%0d%0aSet-Cookie:x", "${jndi:ldap://x/a}", "';DROP TABLE users;--", "👩‍👩‍👧‍👦🏳️‍🌈",
        String(repeating: "long ", count: 2_000), String(repeating: "\u{1B}", count: 2_000),
    ]

    @Test func `nothing that a client calls itself makes, breaks or forges a line`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        for (number, text) in (["no name"] + Self.naughty).enumerated() {
            let name = try #require(String(bytes: try JSONEncoder().encode(text), encoding: .utf8))
            let registration = #"{"username":\#(name),"email":"a@example.org","password":"correct horse battery"}"#
            let refused = try await api.send(
                "POST", "/api/users/register", registration, headers: [("X-Request-Id", "name-\(number)")])
            #expect(refused.status == 422, "\(text.debugDescription)")
            let head = "GET /api/products HTTP/1.1\r\nHost: shop\r\nX-Request-Id: agent-\(number)\r\n"
            let request = RawRequest(head + "User-Agent: \(text)\r\nConnection: close\r\n\r\n")
            let status = request.status(port: try #require(shop.ports["GATEWAY_PORT"]))
            #expect(status.map { $0 < 500 } ?? true, "\(text.debugDescription): \(status ?? 0)")
        }
        // That a login was refused is a line of its own, but for names that nobody can type.
        var refusals: [Int] = []
        for (number, text) in (["no name"] + Self.naughty).enumerated() {
            let name = try #require(String(bytes: try JSONEncoder().encode(text), encoding: .utf8))
            let login = #"{"login":\#(name),"password":"correct horse battery"}"#
            let refused = try await api.send(
                "POST", "/api/users/login", login, headers: [("X-Request-Id", "login-\(number)")])
            #expect([401, 422].contains(refused.status), "\(text.debugDescription)")
            refusals.append(refused.status == 401 ? 3 : 2)
        }
        #expect(refusals[0] == 3 && refusals.count { $0 == 3 } > 10)
        try await shop.expect(0, "down")

        let log = try RawLog(shop)
        log.expectOneObjectALine()
        log.expectOneTraceARequest()
        #expect(!log.lines.contains { $0.string("message") == "forged" })
        // The first of each is harmless, and the others have as many lines: one of each service that served it.
        for number in 0...Self.naughty.count {
            #expect(log.count(ofRequest: "name-\(number)") == 2, "\(number)")
            // What is no HTTP is not served.
            #expect([0, 2].contains(log.count(ofRequest: "agent-\(number)")), "\(number)")
        }
        #expect(log.count(ofRequest: "agent-0") == 2)
        for (number, lines) in refusals.enumerated() {
            #expect(log.count(ofRequest: "login-\(number)") == lines, "\(number)")
        }
    }

    @Test func `the lines of an order have one trace through all four services`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        let manager = try await shop.operator()
        let buyer = try await api.register("ada")
        let lamp = try await api.offer(by: manager)
        let order = try await api.object(
            201, "POST", "/api/orders", #"{"items":[{"productId":"\#(lamp)","quantity":2}]}"#, by: buyer,
            headers: [
                ("X-Request-Id", "the-order"),
                ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            ])
        #expect(order["status"] as? String == "confirmed")
        try await shop.expect(0, "down")

        let log = try RawLog(shop)
        log.expectOneObjectALine()
        log.expectOneTraceARequest()
        let lines = log.lines.filter { $0.string("requestId") == "the-order" }
        #expect(Set(lines.map(\.service)) == Set(ProjectUnderTest.shop.keys))
        #expect(Set(lines.map { $0.string("traceId") }) == ["4bf92f3577b34da6a3ce929d0e0e4736"])
    }

    // Looks like a password, and may stand in a header, a path and a method.
    private static let canary = "Canary!Hunter2"
    private static let basic = Data("ann:\(canary)".utf8).base64EncodedString()

    private static let bodies = [
        #"{"login":"ada","password":"CANARY"}"#, #"{"login":"CANARY","password":"correct horse"}"#,
        #"{"login":"ada","password":["CANARY"]}"#, #"{"login":"ada","password":{"$ne":"CANARY"}}"#,
        #"{"login":"ada","CANARY":"password"}"#, #"{"login":"ada","passwort":"CANARY"}"#,
        #"{"login":"ada","password":"CANARY","password":"x"}"#, #"{"CANARY":1,"CANARY":2}"#, #""CANARY""#,
        #"["CANARY"]"#, #"{"password":"CANARY\u0000"}"#, "CANARY", #"{"login":"ada","password":"CANARY"#,
        #"{"login":"ada","password":CANARY}"#, #"{'password':'CANARY'}"#, #"{"password":"CANARY",}"#,
        "login=ada&password=CANARY", "<password>CANARY</password>", #"{"password":"CANARY\x"}"#,
        #"{"username":"CANARY","email":"CANARY","password":"CANARY","profile":{"CANARY":"CANARY"}}"#,
    ]

    private static let headers = [
        ("Authorization", "Basic \(basic)"), ("Authorization", "Bearer \(canary)"),
        ("Authorization", "Service \(canary)"), ("Authorization", canary), ("Proxy-Authorization", "Basic \(basic)"),
        ("Traceparent", canary), ("Tracestate", "a=\(canary)"), ("X-Request-Id", canary),
        ("Idempotency-Key", "\(canary) \(canary)"), ("Content-Type", "application/json; password=\(canary)"),
        ("User-Agent", canary), ("Referer", "http://x/?password=\(canary)"), ("Cookie", "session=\(canary)"),
        ("X-Password", canary), ("Forwarded", "for=\(canary)"), ("X-Forwarded-For", canary), ("If-Match", canary),
        ("Host", canary), (canary, "1"),
    ]

    private static let targets = [
        "/api/products?password=CANARY", "/api/products?cursor=CANARY", "/api/products?limit=CANARY",
        "/api/products?CANARY", "/api/products/CANARY", "/api/users/CANARY", "/api/users/login/CANARY",
        "/api/orders/CANARY/cancel", "/CANARY", "/api/CANARY",
    ]

    @Test func `a password in the wrong place is in no log, no metric and no answer`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        var answers: [(place: String, answer: CurlResponse)] = []
        for body in Self.bodies {
            let body = body.replacing("CANARY", with: Self.canary)
            for path in ["/api/users/login", "/api/users/register", "/api/orders"] {
                answers.append(("\(path) \(body)", try await api.send("POST", path, body)))
            }
        }
        for (name, value) in Self.headers {
            for path in ["/api/users/me", "/api/products"] {
                answers.append(("\(name): \(value)", try await api.send("GET", path, headers: [(name, value)])))
            }
            let login = #"{"login":"ada"}"#
            answers.append((name, try await api.send("POST", "/api/users/login", login, headers: [(name, value)])))
        }
        for target in Self.targets {
            for method in ["GET", "POST"] {
                let path = target.replacing("CANARY", with: Self.canary)
                answers.append((path, try await api.send(method, path)))
            }
        }
        answers.append(("the method", try await api.send(Self.canary, "/api/products")))
        for (place, answer) in answers {
            #expect(answer.status < 500, "\(place)")
            expectSilence(String(decoding: answer.body, as: UTF8.self), "the answer to \(place)")
            expectSilence(answer.headers.map { "\($0.name): \($0.value)" }.joined(), "the headers after \(place)")
        }
        for service in ProjectUnderTest.shop.keys {
            let metrics = try await shop.api(of: service).send("GET", "/metrics")
            #expect(metrics.status == 200)
            expectSilence(String(decoding: metrics.body, as: UTF8.self), "the metrics of \(service)")
        }
        try await shop.expect(0, "down")
        let log = try RawLog(shop)
        log.expectOneObjectALine()
        #expect(log.lines.count > answers.count)
        for line in log.lines {
            expectSilence(String(decoding: line.bytes, as: UTF8.self), "a line of \(line.service)")
        }
    }

    private func expectSilence(_ text: String, _ place: String, at location: SourceLocation = #_sourceLocation) {
        let text = text.lowercased()
        let isThere = text.contains("hunter2") || text.contains(Self.basic.lowercased())
        #expect(!isThere, "\(place): \(text.prefix(300))", sourceLocation: location)
    }
}
