import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct ServingTests {
    private struct Secretive: Error { let text = "SELECT secret FROM users" }

    private let mint = TokenMint()
    private let owner = UUID()

    private func parts() -> ServiceParts {
        ServiceParts(
            routes: [
                .get("/things", access: .anyone) { request, _ in
                    var reader = QueryReader(request)
                    let page = reader.page(of: "things", CreationPlace.init(keys:))
                    try reader.finish()
                    return .json(.ok, ["limit": .integer(Int64(page.limit))])
                },
                .post("/things", access: .anyone) { request, _ in .json(.created, try await request.json(limit: 100)) },
                .get("/broken", access: .anyone) { _, _ in throw Secretive() },
                .get("/accounts/:id", access: .owner("id").or(.service)) { _, _ in .json(.ok, "seen") },
                .get("/everyone", access: .account) { _, _ in .json(.ok, "seen") },
                .get("/operators", access: .operator) { _, _ in .json(.ok, "seen") },
                .get("/services", access: .service) { _, _ in .json(.ok, "seen") },
            ], authenticator: mint.authenticator())
    }

    private func serve(
        logs: LogCapture = LogCapture(), _ test: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        try await buildApplication(parts(), in: .test(logs: logs)).test(.router, test)
    }

    @Test func `errors are problem details that carry the trace`() async throws {
        try await serve { client in
            let reply = try await client.send(
                .get, "/nowhere",
                headers: [.traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", .requestID: "mine"])
            #expect(reply.status == 404)
            #expect(reply.headers[.contentType] == "application/problem+json")
            #expect(reply.headers[.requestID] == "mine")
            #expect(reply.body["type"] == "not-found")
            #expect(reply.body["status"] == 404)
            #expect(reply.body["instance"] == nil)
            #expect(reply.body["traceId"] == "0af7651916cd43dd8448eb211c80319c")
        }
    }

    @Test func `an unexpected error tells the client nothing and the log everything`() async throws {
        let logs = LogCapture()
        try await serve(logs: logs) { client in
            let reply = try await client.send(.get, "/broken")
            #expect(reply.status == 500)
            #expect(reply.body["type"] == "internal-error")
            #expect(!reply.text.contains("SELECT"))
        }
        let line = try #require(try logs.events().first { $0["level"] == "error" })
        #expect(line["error"]?.string?.contains("SELECT secret") == true)
        #expect(line["traceId"]?.string?.utf8.count == 32)
    }

    @Test func `a wrong method is told which ones there are`() async throws {
        try await serve { client in
            let reply = try await client.send(.delete, "/things")
            #expect(reply.status == 405)
            #expect(reply.headers[.allow] == "GET, HEAD, POST")
            #expect(reply.body["type"] == "method-not-allowed")
            let unknown = try await client.send(HTTPRequest.Method("BREW") ?? .get, "/things")
            #expect(unknown.status == 501)
            let head = try await client.send(.head, "/things")
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            let refused = try await client.send(.head, "/everyone")
            #expect(refused.status == 401)
            #expect(refused.text.isEmpty, "it would be the beginning of the next answer")
        }
    }

    @Test(arguments: [
        (#"{"a":1}"#, "application/json", 201), (#"{"a":1}"#, "application/json; charset=UTF-8", 201),
        (#"{"a":1}"#, "text/plain", 415), (#"{"a":1}"#, "application/json; charset=latin1", 415),
        (#"{"a":"#, "application/json", 400), ("", "application/json", 400),
        ("\"\(String(repeating: "x", count: 200))\"", "application/json", 413),
    ])
    func `a body is taken only as JSON of bounded size`(body: String, type: String, status: Int) async throws {
        try await serve { client in
            let reply = try await client.send(.post, "/things", bytes: Array(body.utf8), headers: [.contentType: type])
            #expect(reply.status == status)
        }
    }

    @Test(arguments: ["limit=0", "limit=101", "limit=x", "limit=", "cursor=x", "cursor="])
    func `a page that does not exist is a 400`(query: String) async throws {
        try await serve { client in
            let reply = try await client.send(.get, "/things?\(query)")
            #expect(reply.status == 400)
            #expect(try await client.send(.get, "/things?limit=100").body == ["limit": 100])
        }
    }

    @Test func `a place in a list survives its cursor's token`() {
        let place = CreationPlace(createdAt: Timestamp(milliseconds: 1_700_000_000_123), id: UUID())
        let cursor = ListCursor(list: "things", keys: place.keys)
        #expect(ListCursor(token: cursor.token) == cursor)
        #expect(CreationPlace(keys: cursor.keys) == place)
    }

    @Test func `everything that is wrong with a query is told at once, but not without end`() async throws {
        try await serve { client in
            let reply = try await client.send(.get, "/things?limit=0&cursor=x&b=1&a=1&a=2")
            #expect(
                reply.body["detail"] == """
                    a is given twice. limit must be a whole number from 1 to 100. cursor must be one that this list \
                    gave out. a is not known. b is not known.
                    """)
            let many = (0..<500).map { "p\($0)=1" }.joined(separator: "&")
            let bounded = try await client.send(.get, "/things?\(many)")
            #expect(bounded.status == 400)
            #expect(bounded.body["detail"]?.string?.hasSuffix(" And 490 more.") == true)
            #expect(bounded.text.utf8.count < 1024)
        }
    }

    @Test func `every rule lets in exactly whom it names`() async throws {
        let callers = [
            "anonymous": nil, "owner": "Bearer \(try mint.token(for: owner))", "other": "Bearer \(try mint.token())",
            "operator": "Bearer \(try mint.token(roles: [.user, .operator]))",
            "service": "Service \(TokenMint.credential)",
            "bad token": "Bearer abc", "bad service": "Service abc",
        ]
        let admitted: [String: Set<String>] = [
            "/accounts/\(owner.text)": ["owner", "operator", "service"], "/everyone": ["owner", "other", "operator"],
            "/operators": ["operator"], "/services": ["service"],
        ]
        try await serve { client in
            for (path, names) in admitted {
                for (name, authorization) in callers {
                    let reply = try await client.send(.get, path, authorization: authorization)
                    let isUnknown = ["anonymous", "bad token", "bad service"].contains(name)
                    #expect(reply.status == (names.contains(name) ? 200 : isUnknown ? 401 : 403), "\(name) \(path)")
                    if reply.status == 401 { #expect(reply.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true) }
                }
            }
        }
    }

    @Test(arguments: ["..%2f..", "a%3Fx=", "a%23b", "1", "{00000000-0000-0000-0000-000000000000}"])
    func `an id that is no UUID is a 400`(id: String) async throws {
        let token = try mint.token()
        try await serve { client in
            let reply = try await client.send(.get, "/accounts/\(id)", authorization: "Bearer \(token)")
            #expect(reply.status == 400)
        }
    }

    @Test func `health is 503 while draining and when a check fails, and liveness is not`() async throws {
        let runtime = ServiceRuntime.test()
        try await buildApplication(ServiceParts(routes: []), in: runtime).test(.router) { client in
            let healthy = try await client.send(.get, "/health")
            #expect(healthy.status == 200)
            #expect(healthy.body["status"] == "OK")
            #expect(healthy.body["checks"]?["memory"]?["used"]?.integer ?? 0 > 0)
            runtime.readiness.drain()
            let draining = try await client.send(.get, "/health")
            #expect(draining.status == 503)
            #expect(draining.body["status"] == "FAIL")
            #expect(try await client.send(.get, "/livez").status == 200)
        }
        let failing = ServiceParts(routes: [], healthChecks: [HealthCheck("database") { throw Secretive() }])
        try await buildApplication(failing, in: .test()).test(.router) { client in
            let reply = try await client.send(.get, "/health")
            #expect(reply.status == 503)
            #expect(reply.body["checks"]?["database"] == "FAIL")
            #expect(!reply.text.contains("SELECT"))
        }
    }

    @Test func `a response has the date in the one form that HTTP has`() async throws {
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        try await withLiveService(parts()) { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write("GET /things HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.read(until: " GMT\r\n"))
                #expect(connection.received.lowercased().contains("\r\ndate: "))
            }
        }
    }

    @Test func `every line of a request has its ids and stays one line`() async throws {
        let logs = LogCapture()
        try await serve(logs: logs) { client in
            _ = try await client.send(.get, "/x%0A%7B\"level\":\"error\"%7D%1B[31m", headers: [.requestID: "mine"])
            _ = try await client.send(.get, "/health")
        }
        #expect(
            logs.lines.allSatisfy { $0.hasSuffix("\n") && $0.dropLast().allSatisfy { !$0.isNewline && $0 != "\u{1B}" } }
        )
        let requests = try logs.events().filter { $0["message"] == "request" }
        #expect(requests.map { $0["level"]?.string } == ["info", "debug"])
        #expect(requests.first?["requestId"] == "mine")
        #expect(requests.first?["status"] == 404)
        #expect(requests.first?["traceId"]?.string?.utf8.count == 32)
    }

    @Test func `metrics count requests by method, route and status`() async throws {
        try await serve { client in
            _ = try await client.send(.get, "/accounts/\(owner.text)")
            _ = try await client.send(.get, "/never/\(UUID())")
            let text = try await client.send(.get, "/metrics").text
            let labels =
                #"http_request_method="GET",url_scheme="http",http_route="/accounts/{id}","#
                + #"http_response_status_code="401""#
            #expect(text.contains("http_server_request_duration_seconds_count{\(labels)} 1\n"))
            #expect(text.contains("http_server_request_duration_seconds_bucket{\(labels),le=\"+Inf\"} 1\n"))
            #expect(text.contains(#"http_route="unmatched",http_response_status_code="404""#))
            #expect(text.contains("process_resident_memory_bytes "))
        }
    }
}
