import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import api_gateway

/// A connection that is closed just as a request is sent on it.
@Suite struct RepeatTests {
    /// Sends `method` to `path` on a connection that the upstream will close, and returns what became of it.
    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, key: String? = nil,
        to upstream: Upstream
    ) async throws -> (reply: TestReply, requests: [String]) {
        let fixture = try Fixture()
        var fields: HTTPFields = body == nil ? [.contentLength: "0"] : [:]
        fields[.idempotencyKey] = key
        let headers = fields
        return try await KeepAliveBreaker.run { server, port in
            try fixture.publish([upstream: [port]])
            let runtime = fixture.runtime()
            return try await buildApplication(try fixture.parts(in: runtime), in: runtime).test(.live) { client in
                #expect(try await client.send(.get, "/api/\(upstream.path)/first").status == 200)
                let reply = try await client.send(method, path, body, headers: headers)
                return (reply, server.requests)
            }
        }
    }

    @Test(arguments: [HTTPRequest.Method.get, .put, .delete])
    func `what may be done twice is sent again on a new connection, body and all`(method: HTTPRequest.Method)
        async throws
    {
        let body: JSONValue? = method == .put ? ["n": 1] : nil
        let (reply, requests) = try await send(method, "/api/users/1", body, to: .users)
        #expect(reply.status == 200)
        #expect(reply.text == (body == nil ? "" : #"{"n":1}"#))
        let line = "\(method) /api/users/1" + (body == nil ? "" : #" {"n":1}"#)
        #expect(requests == ["GET /api/users/first", line, line])
    }

    @Test func `a POST is sent once, whatever becomes of it`() async throws {
        let (reply, requests) = try await send(.post, "/api/users/register", ["n": 1], to: .users)
        #expect(reply.status == 502)
        #expect(reply.body["type"] == "upstream-broken")
        #expect(requests == ["GET /api/users/first", #"POST /api/users/register {"n":1}"#])
    }

    @Test func `the second try is a span of its own below the request's`() async throws {
        let seen = Mutex<String?>(nil)
        let handler: Route.Handler = { request, _ in
            seen.withLock { $0 = request.headers[.traceparent] }
            return .json(.ok, "x")
        }
        try await ScriptedServer.run("") { broken in
            try await withUpstream(handler) { well in
                let fixture = try Fixture()
                try fixture.publish([.users: [broken, well]])
                try await fixture.serve { client in
                    #expect(try await client.send(.get, "/api/users").status == 200)
                    let access = try #require(try await fixture.accessLines(1).first)
                    let second = try #require(
                        try fixture.logs.events().first { $0["message"] == "the second try was answered" })
                    #expect(second["traceId"] == access["traceId"])
                    #expect(second["parentSpanId"] == access["spanId"])
                    #expect(second["spanId"] != access["spanId"])
                    let span = try #require(second["spanId"]?.string)
                    #expect(seen.withLock(\.self)?.contains(span) == true)
                }
            }
        }
    }

    @Test func `an order with a key is sent again, since it is placed once however often it is asked for`() async throws
    {
        let (reply, requests) = try await send(.post, "/api/orders", ["n": 1], key: "k", to: .orders)
        #expect(reply.status == 200)
        #expect(reply.text == #"{"n":1}"#)
        #expect(requests.count == 3)
        let other = try await send(.post, "/api/products/1/prices", ["n": 1], key: "k", to: .products)
        #expect(other.reply.status == 502, "nobody there knows keys")
    }
}

extension Upstream {
    fileprivate var path: String {
        switch self {
        case .users: "users"
        case .products: "products"
        case .orders: "orders"
        }
    }
}
