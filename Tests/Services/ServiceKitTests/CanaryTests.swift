import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceKit
import ServiceTestSupport
import Testing

/// A password where none belongs comes back in no log line, no metric and no answer.
@Suite struct CanaryTests {
    /// Looks like a password, and may stand in a header, a path and a method.
    private static let canary = "Canary!Hunter2"
    private static let basic = Data("ann:\(canary)".utf8).base64EncodedString()
    /// Enough of it, in any case, escaped or not.
    private static let traces = ["hunter2", basic.lowercased()]

    /// One request with the canary in it.
    private struct Attempt {
        let place: String
        var method = HTTPRequest.Method.post
        var path = "/accounts"
        var fields: HTTPFields = [.contentType: "application/json"]
        var body = #"{"username":"ann","password":"correct horse"}"#

        init(_ place: String, _ change: (inout Attempt) -> Void) {
            self.place = place
            change(&self)
        }

        /// A header field of a request that is good otherwise.
        static func field(_ name: String, _ value: String, path: String = "/accounts") -> Attempt {
            Attempt("the field \(name) of \(path)") { attempt in
                if let name = HTTPField.Name(name) { attempt.fields[name] = value }
                if path != attempt.path { attempt.method = .get }
                attempt.path = path
            }
        }

        static func body(_ text: String) -> Attempt {
            Attempt("the body \(text.prefix(40))") { $0.body = text.replacing("CANARY", with: canary) }
        }

        static func query(_ text: String) -> Attempt {
            Attempt("the query \(text)") { attempt in
                attempt.method = .get
                attempt.path += "?" + text.replacing("CANARY", with: canary)
            }
        }
    }

    private static let attempts: [Attempt] =
        [
            // In members it does not belong to, as a name, in nested ones, where something else is wrong too.
            #"{"username":"CANARY","password":"correct horse"}"#, #"{"username":"ann","password":["CANARY"]}"#,
            #"{"username":"ann","password":{"$ne":"CANARY"}}"#, #"{"username":"ann","CANARY":"password"}"#,
            #"{"username":"ann","password":"correct horse","passwort":"CANARY"}"#,
            #"{"username":"ann","password":"correct horse","role":"CANARY"}"#,
            #"{"username":"ann","password":"correct horse","profile":"CANARY"}"#,
            #"{"username":"ann","password":"correct horse","profile":{"age":"CANARY"}}"#,
            #"{"username":"ann","password":"correct horse","profile":{"CANARY":1}}"#,
            #"{"username":"ann","password":"correct horse","profile":{"age":1,"a/CANARY":1}}"#,
            #"{"username":"a","password":"CANARY"}"#, #"{"username":"ann","password":"CANARY","password":"x"}"#,
            #"{"CANARY":1,"CANARY":2}"#, #""CANARY""#, #"["CANARY"]"#, #"{"password":"CANARY\u0000"}"#,
            // A constraint that it breaks, in a statement that holds it.
            #"{"username":"ann","password":"CANARY"}"#,
            // In what is no JSON.
            "CANARY", #"{"username":"ann","password":"CANARY"#, #"{"username":"ann","password":CANARY}"#,
            #"{'password':'CANARY'}"#, #"{"password":"CANARY",}"#, "username=ann&password=CANARY",
            "<password>CANARY</password>", #"{"password":"CANARY\x"}"#, "CANARY: \u{0}",
            "\"\(String(repeating: "CANARY", count: 20_000))\"",
        ].map(Attempt.body)
        + ["password=CANARY", "limit=CANARY", "cursor=CANARY", "CANARY", "CANARY=1", "limit=1&limit=CANARY", "#CANARY"]
        .map(Attempt.query)
        + [
            .field("Authorization", "Basic \(basic)", path: "/everyone"),
            .field("Authorization", "Bearer \(canary)", path: "/everyone"),
            .field("Authorization", "Service \(canary)", path: "/everyone"),
            .field("Authorization", "Bearer ann \(canary)", path: "/everyone"),
            .field("Authorization", canary, path: "/everyone"), .field("Proxy-Authorization", "Basic \(basic)"),
            .field("Traceparent", canary), .field("Traceparent", "00-\(canary)-b7ad6b7169203331-01"),
            .field("Tracestate", "a=\(canary)"), .field("X-Request-Id", canary),
            .field("Idempotency-Key", "\(canary) \(canary)"), .field("Idempotency-Key", canary),
            .field("Content-Type", canary), .field("Content-Type", "application/json; password=\(canary)"),
            .field("User-Agent", canary), .field("Referer", "http://x/?password=\(canary)"),
            .field("Cookie", "session=\(canary)"), .field("Accept", canary), .field("X-Password", canary),
            .field("Forwarded", "for=\(canary)"), .field("If-Match", canary), .field("Host", canary),
            .field(canary, "1"),
        ]

    private static let mint = TokenMint()

    private func parts(_ database: DatabaseQueue) -> ServiceParts {
        ServiceParts(
            routes: [
                .post("/accounts", access: .anyone, writing: ["username", "password", "profile", "role"]) {
                    request, body, _ in
                    _ = try IdempotencyKey(request.headers)
                    var reader = try await body.read()
                    let username = reader.string("username", length: 3...8)
                    let password = reader.string("password", length: 8...72)
                    _ = reader.optionalObject("profile") { $0.integer("age", in: 0...150) }
                    _ = reader.optionalString("role", length: 1...3)
                    try reader.finish()
                    try await database.write {
                        try $0.execute(sql: "INSERT INTO accounts VALUES (?, ?)", arguments: [username, password])
                    }
                    return .json(.created, ["username": .string(username)])
                },
                .get("/accounts", access: .anyone) { request, _ in
                    var reader = QueryReader(request)
                    let page = reader.page(of: "accounts", CreationPlace.init(keys:))
                    try reader.finish()
                    return .json(.ok, ["limit": .integer(Int64(page.limit))])
                },
                .get("/accounts/:id", access: .owner("id")) { _, _ in .json(.ok, "seen") },
                .get("/everyone", access: .account.or(.service)) { _, _ in .json(.ok, "seen") },
            ], authenticator: Self.mint.authenticator(), healthChecks: [.database(database)])
    }

    /// Sends the attempts to a service and looks at everything it says.
    private func expectSilence(of attempts: [Attempt]) async throws {
        let database = try DatabaseQueue()
        try await database.write {
            // Nobody gets in: whatever is written breaks it.
            try $0.execute(sql: "CREATE TABLE accounts (username TEXT, password TEXT CHECK (length(password) < 0))")
        }
        let logs = LogCapture()
        try await buildApplication(parts(database), in: .test(logs: logs)).test(.router) { client in
            for attempt in attempts {
                let said = try await client.execute(
                    uri: attempt.path, method: attempt.method, headers: attempt.fields,
                    body: attempt.method == .get ? nil : ByteBuffer(string: attempt.body)
                ) { reply in
                    let fields = reply.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
                    return "\(fields)\n\n\(String(buffer: reply.body))"
                }
                expectNoCanary(in: said, after: attempt.place)
                for line in logs.lines { expectNoCanary(in: line, after: attempt.place) }
                logs.clear()
            }
            expectNoCanary(in: try await client.send(.get, "/metrics").text, after: "all")
            expectNoCanary(in: try await client.send(.get, "/health").text, after: "all")
        }
    }

    private func expectNoCanary(in text: String, after place: String) {
        let text = text.lowercased()
        #expect(!Self.traces.contains { text.contains($0) }, "in \(place): \(text)")
    }

    @Test func `a password in a body, a query or a field is repeated nowhere`() async throws {
        #expect(Self.attempts.count > 50)
        try await expectSilence(of: Self.attempts)
    }

    @Test func `a password in a path or in the place of a method is repeated nowhere`() async throws {
        let bearer = "Bearer \(try Self.mint.token())"
        let paths = [
            "/accounts/CANARY", "/nowhere/CANARY", "/CANARY", "/accounts/CANARY/more", "/everyone/CANARY?a=CANARY",
        ]
        let attempts = paths.flatMap { path in
            ["", bearer].map { authorization in
                Attempt("the path \(path)") { attempt in
                    attempt.method = .get
                    attempt.path = path.replacing("CANARY", with: Self.canary)
                    if !authorization.isEmpty { attempt.fields[.authorization] = authorization }
                }
            }
        }
        let method = Attempt("the method") { $0.method = HTTPRequest.Method(Self.canary) ?? .trace }
        try await expectSilence(of: attempts + [method])
    }

    @Test(
        arguments: [
            ("/", "/", "/"), ("/accounts", "/accounts", "/accounts"), ("//accounts/", "/accounts", "/accounts"),
            ("/accounts/hunter2", "/accounts/{id}", "/accounts/{id}"),
            (
                "/accounts/0AF76519-16CD-43DD-8448-EB211C80319C", "/accounts/{id}",
                "/accounts/0AF76519-16CD-43DD-8448-EB211C80319C"
            ),
            ("/api/users/login", "/api/users/**", "/api/users/login"),
            ("/api/users/hunter2/login", "/api/users/**", "/api/users/…/login"),
            ("/api/users/opensesame", "/api/users/**", "/api/users/…"), ("/api/x/login", "/api/x/**", "/api/x/…"),
            ("/nowhere", nil, nil), ("/accounts/1/more", "/accounts/{id}", "/accounts/{id}/…"),
        ] as [(String, String?, String?)])
    func `a logged path is what the shop has named`(path: String, route: String?, text: String?) {
        #expect(LoggedPath(words: ["/api/users/**": ["login"]]).text(of: path, route: route) == text)
    }
}
