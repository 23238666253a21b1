import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import api_gateway

@Suite struct ForwardingTests {
    @Test func `method, path, query and body arrive as they were sent`() async throws {
        try await withGateway(before: Echo.answer) { client, _ in
            let reply = try await client.send(.put, "/api/users/%7Eann/x%20y?a=1&b=%2F..%2f&c", ["n": 1])
            #expect(reply.status == 200)
            #expect(reply.body["method"] == "PUT")
            #expect(reply.body["target"] == "/api/users/~ann/x%20y?a=1&b=%2F..%2f&c")
            #expect(reply.body["body"] == #"{"n":1}"#)
            for method in [HTTPRequest.Method.get, .post, .patch, .delete, .options] {
                #expect(try await client.send(method, "/api/users").body["method"]?.string == method.rawValue)
            }
            #expect(try await client.send(.get, "/.well-known/jwks.json").body["target"] == "/.well-known/jwks.json")
        }
    }

    @Test func `status, fields and body come back as they were answered`() async throws {
        let handler: Route.Handler = { request, _ in
            switch request.uri.path {
            case "/api/users/none": .noContent
            case "/api/users/moved":
                Response(status: .found, headers: [.location: "/api/users/1", .cacheControl: "max-age=5"])
            default: throw Problem(type: "taken", status: .conflict, title: "Taken")
            }
        }
        try await withGateway(before: handler) { client, _ in
            #expect(try await client.send(.get, "/api/users/none").status == 204)
            let moved = try await client.send(.get, "/api/users/moved")
            #expect(moved.status == 302)
            #expect(moved.headers[.location] == "/api/users/1")
            #expect(moved.headers[.cacheControl] == "max-age=5")
            let refused = try await client.send(.post, "/api/users")
            #expect(refused.status == 409)
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(refused.body["type"] == "taken")
        }
    }

    @Test func `HEAD tells the length and sends nothing`() async throws {
        let handler: Route.Handler = { _, _ in
            Response(status: .ok, headers: [.contentLength: "1234"])
        }
        try await withGateway(before: handler) { client, _ in
            let reply = try await client.send(.head, "/api/users")
            #expect(reply.status == 200)
            #expect(reply.headers[.contentLength] == "1234")
            #expect(try await client.send(.head, "/api/users").text.isEmpty)
        }
    }

    @Test func `HEAD tells no length that the upstream does not tell, and the connection goes on`() async throws {
        let handler: Route.Handler = { request, _ in
            guard request.method == .get else { return Response(status: .ok) }
            return .json(.ok, "got")
        }
        // Told by no framing of HTTP at all, so the body of another answer would be one.
        try await ScriptedServer.run("HTTP/1.1 200 OK\r\nX-Public: 1\r\n\r\n") { users in
            try await withUpstream(handler) { products in
                let fixture = try Fixture()
                try fixture.publish([.users: [users], .products: [products]])
                try await fixture.serve { client in
                    try await RawConnection.open(port: try #require(client.port)) { connection in
                        try await connection.write("HEAD /api/users HTTP/1.1\r\nHost: x\r\n\r\n")
                        #expect(try await connection.read(until: "\r\n\r\n"))
                        #expect(!connection.received.lowercased().contains("content-length"))
                        let head = connection.received
                        try await connection.write("GET /api/products HTTP/1.1\r\nHost: x\r\n\r\n")
                        #expect(try await connection.read(until: #""got""#))
                        #expect(connection.received.dropFirst(head.count).hasPrefix("HTTP/1.1 200"))
                    }
                }
            }
        }
    }

    @Test func `a sequence of requests takes few connections`() async throws {
        let ports = Mutex<Set<Int>>([])
        let handler: Route.Handler = { _, context in
            _ = ports.withLock { $0.insert(context.remoteAddress?.port ?? 0) }
            return .json(.ok, "x")
        }
        try await withGateway(before: handler) { client, _ in
            for _ in 0..<1000 {
                let reply = try await client.send(.get, "/api/users")
                #expect(reply.status == 200)
            }
        }
        #expect(ports.withLock(\.count) <= 4)
    }

    @Test func `every prefix leads to its own service and nothing else is there`() async throws {
        try await withUpstream(Echo.named("users")) { users in
            try await withUpstream(Echo.named("products")) { products in
                try await withUpstream(Echo.named("orders")) { orders in
                    let fixture = try Fixture()
                    try fixture.publish([.users: [users], .products: [products], .orders: [orders]])
                    try await fixture.serve { client in
                        for name in ["users", "products", "orders"] {
                            for path in ["/api/\(name)", "/api/\(name)/", "/api/\(name)/1/x/y"] {
                                #expect(try await client.send(.get, path).body.string == name)
                            }
                        }
                        for path in [
                            "/", "/api", "/api/usersx", "/api/payments", "/metricsx", "/API/users", "/.well-known/x",
                            "/api/products/1/reservations", "/api/products/1/reservations/2/confirm",
                            "/api/products/1/%72eservations/", "/livez/x",
                        ] {
                            let reply = try await client.send(.post, path)
                            #expect(reply.status == 404, "\(path)")
                            #expect(reply.body["type"] == "not-found")
                            #expect(reply.body["traceId"]?.string?.utf8.count == 32)
                        }
                        #expect(try await client.send(.get, "/api/products/reservations").body == "products")
                        #expect(try await client.send(.trace, "/api/users").status == 405)
                        #expect(try await client.send(.post, "/livez").status == 405)
                    }
                }
            }
        }
    }

    @Test func `a target or framing that can be read in two ways reaches no upstream`() async throws {
        let handler: Route.Handler = { _, _ in
            Issue.record("the upstream was called")
            return .noContent
        }
        try await withGateway(before: handler) { client, _ in
            for path in ["/api/users/../orders", "/api/users/a%2Fb", "/api/users/%00", "/api//users", "/..%5c/x"] {
                let reply = try await client.send(.get, path)
                #expect(reply.status == 400, "\(path)")
                #expect(reply.body["type"] == "malformed-request")
            }
            let port = try #require(client.port)
            for framing in [
                "Host: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked",
                "Host: x\r\nContent-Length: 4\r\nContent-Length: 5",
                "Host: x\r\nTransfer-Encoding: chunked, identity", "Host: a/b", "Host: x\r\nHost: y",
                "Host: x\r\nhOST: x", "Accept: */*",
            ] {
                try await RawConnection.open(port: port) { connection in
                    try await connection.write("POST /api/users HTTP/1.1\r\n\(framing)\r\n\r\n0\r\n\r\n")
                    try await connection.read(until: "\r\n\r\n")
                    let status = connection.received.prefix(12)
                    #expect(status == "HTTP/1.1 400" || status == "HTTP/1.1 501", "\(framing): \(connection.received)")
                }
            }
        }
    }
}
