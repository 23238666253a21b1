import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct FieldTests {
    @Test func `fields of the connection stay on the connection, both ways`() async throws {
        let handler: Route.Handler = { request, context in
            var response = try await Echo.answer(request, context)
            for (name, value) in [
                ("Connection", "X-Private"), ("X-Private", "1"), ("Keep-Alive", "timeout=1"), ("Upgrade", "h2c"),
                ("Proxy-Authenticate", "Basic"), ("Trailer", "X-End"), ("X-Public", "1"),
            ] {
                response.headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
            }
            return response
        }
        try await withGateway(before: handler) { client, _ in
            let port = try #require(client.port)
            try await RawConnection.open(port: port) { connection in
                try await connection.write(
                    """
                    GET /api/users HTTP/1.1\r
                    Host: shop.example:3000\r
                    Connection: keep-alive, X-Hop\r
                    Connection: authorization\r
                    X-Hop: 1\r
                    Authorization: Bearer abc\r
                    Keep-Alive: timeout=5\r
                    Proxy-Authorization: Basic abc\r
                    Proxy-Connection: keep-alive\r
                    TE: trailers\r
                    Upgrade: websocket\r
                    Accept: text/plain\r
                    \r\n
                    """)
                try await connection.read(until: #""body":""}"#)
                let parts = connection.received.split(separator: "\r\n\r\n", maxSplits: 1)
                let head = parts[0].lowercased()
                #expect(head.contains("x-public: 1"))
                for name in ["x-private", "keep-alive", "upgrade", "proxy-", "trailer", "connection"] {
                    #expect(!head.contains("\n\(name)"), "\(name)")
                }
                let body = try JSONParser.parse(Array(parts[1].utf8))
                #expect(body["host"]?.string?.hasPrefix("127.0.0.1:") == true)
                let fields = try #require(body["fields"])
                #expect(fields["accept"] == "text/plain")
                for name in [
                    "connection", "x-hop", "authorization", "keep-alive", "proxy-authorization", "proxy-connection",
                    "te", "upgrade",
                ] {
                    #expect(fields[name] == nil, "\(name)")
                }
                #expect(fields["forwarded"] == #"for=127.0.0.1;proto=http;host="shop.example:3000""#)
            }
        }
    }

    @Test func `what only the shop may say is not taken from a client`() async throws {
        try await withGateway(before: Echo.answer) { client, _ in
            var headers: HTTPFields = [.authorization: "Service a-credential", .cookie: "a=1"]
            for name in [
                "X-User-Id", "X-User-Roles", "X-Service-Name", "X-Forwarded-Host", "X-Forwarded-For",
                "X-Forwarded-Proto", "Forwarded",
            ] {
                headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: "forged"))
            }
            let fields = try #require(try await client.send(.get, "/api/users", headers: headers).body["fields"])
            for name in ["authorization", "x-user-id", "x-user-roles", "x-service-name", "x-forwarded-host"] {
                #expect(fields[name] == nil, "\(name)")
            }
            #expect(fields["cookie"] == "a=1")
            #expect(fields["x-forwarded-for"] == "127.0.0.1" || fields["x-forwarded-for"] == "::1")
            #expect(fields["x-forwarded-proto"] == "http")
            #expect(fields["forwarded"]?.string?.contains("forged") == false)
            #expect(fields["via"] == "1.1 test-service")
            let bearer = try await client.send(.get, "/api/users", authorization: "Bearer abc")
            #expect(bearer.body["fields"]?["authorization"] == "Bearer abc")
        }
    }

    @Test func `a trace goes on in a span of our own and a bad one is replaced`() async throws {
        try await withGateway(before: Echo.answer) { client, fixture in
            let trace = "0af7651916cd43dd8448eb211c80319c"
            let tracestate = try #require(HTTPField.Name("tracestate"))
            let good = try await client.send(
                .get, "/api/users",
                headers: [.traceparent: "00-\(trace)-b7ad6b7169203331-01", .requestID: "mine", tracestate: "a=1"])
            let parent = try #require(good.body["fields"]?["traceparent"]?.string)
            #expect(parent.hasPrefix("00-\(trace)-") && !parent.contains("b7ad6b7169203331"))
            #expect(good.body["fields"]?["tracestate"] == "a=1")
            #expect(good.body["fields"]?["x-request-id"] == "mine")
            #expect(good.headers[values: .requestID] == ["mine"])

            let bad = try await client.send(
                .get, "/api/users", headers: [.traceparent: "00-zz", .requestID: "a b", tracestate: "a=1"])
            #expect(bad.body["fields"]?["traceparent"]?.string?.utf8.count == 55)
            #expect(bad.body["fields"]?["tracestate"] == nil)
            #expect(bad.body["fields"]?["x-request-id"]?.string == bad.headers[.requestID])
            #expect(bad.headers[.requestID] != "a b")

            let lines = try await fixture.accessLines(2)
            #expect(lines.count == 2)
            #expect(lines[0]["traceId"]?.string == trace)
            #expect(lines[0]["upstream"] == "user-service.1")
            #expect(lines[0]["status"] == 200)
            #expect(lines[0]["upstreamMs"] != nil && lines[0]["durationMs"] != nil)
        }
    }
}
