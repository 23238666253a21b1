import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import api_gateway

@Suite(.timeLimit(.minutes(2))) struct ProtectionTests {
    /// A service that answers with the status it was given last.
    private final class Patient: Sendable {
        private let state: Mutex<(status: HTTPResponse.Status, calls: Int)>

        init(_ status: HTTPResponse.Status) {
            state = Mutex((status, 0))
        }

        var calls: Int { state.withLock { $0.calls } }

        func become(_ status: HTTPResponse.Status) {
            state.withLock { $0.status = status }
        }

        func answer() -> Response {
            let status = state.withLock { state in
                state.calls += 1
                return state.status
            }
            return .json(status, "answered", headers: [.retryAfter: "1"])
        }
    }

    @Test func `an upstream that fails is left alone for a while, and then asked with care`() async throws {
        let patient = Patient(.internalServerError)
        try await withGateway(["BREAKER_MINIMUM_CALLS": "4"], before: { _, _ in patient.answer() }) { client, fixture in
            for _ in 0..<4 { #expect(try await client.send(.get, "/api/users").status == 500) }
            let refused = try await client.send(.post, "/api/users", ["n": 1])
            #expect(refused.status == 503)
            #expect(refused.body["type"] == "upstream-suspended")
            #expect(refused.headers[.retryAfter] == "1")
            #expect(refused.headers[.connection] == nil, "nothing of the body was read")
            #expect(patient.calls == 4)
            let health = try await client.send(.get, "/health")
            #expect(health.status == 200)
            #expect(
                health.body["checks"]?["circuits"]
                    == ["user-service": "open", "product-service": "closed", "order-service": "closed"])
            let metrics = try await client.send(.get, "/metrics").text
            #expect(metrics.contains(#"gateway_breaker_state{upstream="user-service"} 2"#))
            #expect(metrics.contains(#"gateway_breaker_state{upstream="order-service"} 0"#))
            #expect(metrics.contains(#"gateway_requests_refused_total{reason="upstream-suspended"} 1"#))

            fixture.time.advance(by: .seconds(1))
            #expect(try await client.send(.get, "/api/users").status == 500)
            let again = try await client.send(.get, "/api/users")
            #expect(again.status == 503)
            #expect(again.headers[.retryAfter] == "2")

            fixture.time.advance(by: .seconds(2))
            patient.become(.ok)
            for _ in 0..<3 { #expect(try await client.send(.get, "/api/users").status == 200) }
            let healthy = try await client.send(.get, "/health")
            #expect(healthy.body["checks"]?["circuits"]?["user-service"] == "closed")
            #expect(patient.calls == 8)
            let changes = try fixture.logs.events().compactMap { $0["circuit"]?.string }
            #expect(changes == ["open", "half-open", "open", "half-open", "closed"])
        }
    }

    @Test(arguments: [HTTPResponse.Status.notFound, .badRequest, .unauthorized, .conflict, .tooManyRequests])
    func `what clients do wrong is no failure of the upstream`(status: HTTPResponse.Status) async throws {
        let patient = Patient(status)
        try await withGateway(["BREAKER_MINIMUM_CALLS": "2"], before: { _, _ in patient.answer() }) { client, _ in
            let statuses = try await statuses(client, 20)
            #expect(statuses == Array(repeating: status.code, count: 20))
        }
    }

    @Test func `an upstream that is slow is left alone, too`() async throws {
        let fixture = try Fixture(["BREAKER_MINIMUM_CALLS": "4", "BREAKER_SLOW_MS": "100"])
        let handler: Route.Handler = { _, _ in
            fixture.time.advance(by: .milliseconds(150))
            return .json(.ok, "late")
        }
        try await withUpstream(handler) { port in
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                let statuses = try await statuses(client, 5)
                #expect(statuses == [200, 200, 200, 200, 503])
                #expect(try await problem(client, "/api/users") == "upstream-suspended")
            }
        }
    }

    @Test func `an upstream that is not there or never answers is left alone`() async throws {
        let listener = try TestListener()
        // Nothing listens on port 1.
        for (port, status) in [(1, 502), (listener.port, 504)] {
            let fixture = try Fixture(["BREAKER_MINIMUM_CALLS": "2", "UPSTREAM_TIMEOUT_MS": "100"])
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                let statuses = try await statuses(client, 3)
                #expect(statuses == [status, status, 503])
                #expect(try await problem(client, "/api/users") == "upstream-suspended")
                #expect(try await problem(client, "/api/orders") == "no-instance")
            }
        }
    }

    @Test func `clients that hardly wait cannot have an upstream suspended`() async throws {
        let listener = try TestListener()
        let fixture = try Fixture(["BREAKER_MINIMUM_CALLS": "2"])
        try fixture.publish([.users: [listener.port]])
        try await fixture.serve { client in
            for _ in 0..<5 {
                let reply = try await client.send(.get, "/api/users", headers: [CallDeadline.field: "100"])
                #expect(reply.status == 504)
                #expect(reply.body["type"] == "upstream-timeout")
            }
        }
    }

    @Test func `without an instance nothing is learnt about the upstream`() async throws {
        let fixture = try Fixture(["BREAKER_MINIMUM_CALLS": "2"])
        try await fixture.serve { client in
            let statuses = try await statuses(client, 5)
            #expect(statuses == [503, 503, 503, 503, 503])
            #expect(try await problem(client, "/api/users") == "no-instance")
        }
    }

    @Test func `a slow upstream fills its own places only`() async throws {
        let (arrived, mayAnswer) = (Gate(), Gate())
        let slow: Route.Handler = { _, _ in
            arrived.open()
            await mayAnswer.pass()
            return .json(.ok, "slow")
        }
        try await withUpstream(slow) { users in
            try await withUpstream(Echo.named("products")) { products in
                let fixture = try Fixture(["UPSTREAM_MAX_CALLS": "1"])
                try fixture.publish([.users: [users], .products: [products]])
                try await fixture.serve { client in
                    let url = "http://127.0.0.1:\(try #require(client.port))/api/users"
                    try await withHTTPClient { http in
                        async let answer = http.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
                        await arrived.pass()
                        let busy = try await client.send(.get, "/api/users")
                        #expect(busy.status == 503)
                        #expect(busy.body["type"] == "upstream-busy")
                        #expect(busy.headers[.retryAfter] == "1")
                        for _ in 0..<20 { #expect(try await client.send(.get, "/api/products").status == 200) }
                        mayAnswer.open()
                        let response = try await answer
                        #expect(String(buffer: try await response.body.collect(upTo: 100)) == #""slow""#)
                    }
                    try await placeIsFree(client)
                }
            }
        }
    }

    @Test func `a place is taken until the body has been passed on`() async throws {
        let mayEnd = Gate()
        let handler: Route.Handler = { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "first"))
                    await mayEnd.pass()
                    try await writer.finish(nil)
                })
        }
        try await withGateway(["UPSTREAM_MAX_CALLS": "1"], before: handler) { client, _ in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                try await connection.write("GET /api/users HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.read(until: "first"))
                #expect(try await client.send(.get, "/api/users").status == 503)
                mayEnd.open()
                #expect(try await connection.read(until: "0\r\n\r\n"))
            }
            try await placeIsFree(client)
        }
    }

    @Test func `a client that leaves gives its place back`() async throws {
        let part = ByteBuffer(repeating: 0x61, count: 1024 * 1024)
        let handler: Route.Handler = { request, _ in
            guard request.uri.path == "/api/users/endless" else { return .noContent }
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    while true { try await writer.write(part) }
                })
        }
        try await withGateway(["UPSTREAM_MAX_CALLS": "1"], before: handler) { client, _ in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                try await connection.write("GET /api/users/endless HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.read(until: "aaaa"))
                #expect(try await client.send(.get, "/api/users").status == 503)
            }
            try await placeIsFree(client)
        }
    }

    @Test func `a client that pipelines and reads nothing gives its place back`() async throws {
        let begun = Gate()
        let part = ByteBuffer(repeating: 0x61, count: 1024 * 1024)
        let handler: Route.Handler = { request, _ in
            guard request.uri.path == "/api/users/endless" else { return .noContent }
            begun.open()
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    while true { try await writer.write(part) }
                })
        }
        var bounds = ConnectionBounds()
        bounds.write = .milliseconds(300)
        let fixture = try Fixture(["UPSTREAM_MAX_CALLS": "1"], connections: bounds)
        try await withUpstream(handler) { port in
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                try await RawConnection.open(port: try #require(client.port)) { connection in
                    let request = "GET /api/users/endless HTTP/1.1\r\nHost: x\r\n\r\n"
                    try await connection.write(String(repeating: request, count: 64))
                    await begun.pass()
                    #expect(try await client.send(.get, "/api/users").status == 503)
                    try await placeIsFree(client)
                }
            }
        }
    }

    @Test func `a flood that an upstream sheds does not suspend it`() async throws {
        let handler: Route.Handler = { request, _ in
            guard request.method == .post else { return .json(.ok, "well") }
            throw Problem.unavailable("Too many passwords are being looked at.")
        }
        try await withGateway(["BREAKER_MINIMUM_CALLS": "4"], before: handler) { client, _ in
            for _ in 0..<50 { #expect(try await client.send(.post, "/api/users/login", ["n": 1]).status == 503) }
            #expect(try await client.send(.get, "/api/users").status == 200)
            let health = try await client.send(.get, "/health")
            #expect(health.body["checks"]?["circuits"]?["user-service"] == "closed")
        }
    }

    private func statuses(_ client: any TestClientProtocol, _ count: Int) async throws -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<count { statuses.append(try await client.send(.get, "/api/users").status) }
        return statuses
    }

    /// The type of the problem that `path` is answered with.
    private func problem(_ client: any TestClientProtocol, _ path: String) async throws -> String? {
        try await client.send(.get, path).body["type"]?.string
    }

    /// Returns when a call is let through. The place is given back just after the end of an answer is sent.
    private func placeIsFree(_ client: any TestClientProtocol) async throws {
        while try await client.send(.get, "/api/users").status == 503 {}
    }

    @Test func `repeats are few when most requests would need one`() async throws {
        try await ScriptedServer.run("") { port in
            let fixture = try Fixture(["BREAKER_MINIMUM_CALLS": "1000"])
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                for _ in 0..<100 { #expect(try await client.send(.get, "/api/users").status == 502) }
                let repeated = try await fixture.accessLines(100).count { $0["upstreamTries"] == 2 }
                #expect(repeated == 20 + RetryBudget.reserve)
                let metrics = try await client.send(.get, "/metrics").text
                #expect(metrics.contains(#"gateway_retries_total{outcome="failed"} 30"#))
                #expect(metrics.contains(#"gateway_retries_total{outcome="refused"} 70"#))
            }
        }
    }

    @Test func `an answer is the answer, above all one that asks for patience`() async throws {
        let patient = Patient(.serviceUnavailable)
        try await withGateway(before: { _, _ in patient.answer() }) { client, _ in
            let reply = try await client.send(.get, "/api/users")
            #expect(reply.status == 503)
            #expect(reply.headers[.retryAfter] == "1")
            #expect(reply.body == "answered")
            #expect(patient.calls == 1)
        }
    }
}
