import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct BrowserTests {
    private static let origin = "https://shop.example"

    private func preflight(from origin: String) throws -> HTTPFields {
        [.origin: origin, .accessControlRequestMethod: "POST"]
    }

    @Test func `without configuration no page of another origin may call the shop`() async throws {
        try await withGateway(before: Echo.answer) { client, _ in
            let preflight = try await client.send(.options, "/api/users", headers: try preflight(from: Self.origin))
            #expect(preflight.status == 403)
            #expect(preflight.body["type"] == "origin-not-allowed")
            let reply = try await client.send(.get, "/api/users", headers: [.origin: Self.origin])
            #expect(reply.status == 200)
            #expect(reply.headers[.accessControlAllowOrigin] == nil)
            #expect(reply.headers[.vary] == nil)
            #expect(reply.headers[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test func `an allowed origin may call and read, errors included`() async throws {
        let settings = ["CORS_ALLOWED_ORIGINS": "https://other.example, \(Self.origin)"]
        try await withGateway(settings, before: Echo.answer) { client, _ in
            let allowed = try await client.send(.options, "/api/users", headers: try preflight(from: Self.origin))
            #expect(allowed.status == 204)
            #expect(allowed.headers[.accessControlAllowOrigin] == Self.origin)
            #expect(allowed.headers[.accessControlAllowMethods]?.contains("PUT") == true)
            #expect(allowed.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
            let refused = try await client.send(
                .options, "/api/users", headers: try preflight(from: "https://shop.example.evil"))
            #expect(refused.status == 403)
            #expect(refused.headers[.accessControlAllowOrigin] == nil)
            #expect(refused.headers[.vary] == "Origin")
            for (path, status) in [("/api/users", 200), ("/api/orders", 503), ("/nowhere", 404), ("/api/%2f", 400)] {
                let reply = try await client.send(.get, path, headers: [.origin: Self.origin])
                #expect(reply.status == status)
                #expect(reply.headers[.accessControlAllowOrigin] == Self.origin)
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
                #expect(reply.headers[.vary] == "Origin")
            }
            #expect(try await client.send(.options, "/api/users").body["method"] == "OPTIONS")
        }
    }

    @Test func `no answer is a page, whoever gives it`() async throws {
        let policy = "default-src 'none'; frame-ancestors 'none'"
        let handler: Route.Handler = { _, _ in .json(.ok, "x", headers: [.contentSecurityPolicy: "default-src *"]) }
        try await withGateway(before: handler) { client, _ in
            for path in ["/api/users", "/api/orders", "/nowhere", "/api/%2f", "/health"] {
                let reply = try await client.send(.get, path)
                #expect(reply.headers[values: .contentSecurityPolicy] == [policy], "\(path)")
                #expect(reply.headers[values: .xContentTypeOptions] == ["nosniff"], "\(path)")
                #expect(reply.headers[values: .ours("Referrer-Policy")] == ["no-referrer"], "\(path)")
            }
        }
    }

    @Test func `an answer has these fields and no others`() async throws {
        let handler: Route.Handler = { _, _ in
            .json(.ok, "x", headers: [.server: "theirs", .cacheControl: "no-store", .accessControlAllowOrigin: "*"])
        }
        let ours: Set<String> = [
            "cache-control", "content-length", "content-security-policy", "content-type", "date", "ratelimit",
            "ratelimit-policy",
            "referrer-policy", "x-content-type-options", "x-request-id",
        ]
        let fixture = try Fixture()
        try await withUpstream(handler) { port in
            try fixture.publish([.users: [port]])
            let runtime = fixture.runtime()
            try await withLiveService(try fixture.parts(in: runtime), in: runtime) { service in
                for (path, more) in [
                    ("/api/users", ["server"]), ("/api/orders", ["retry-after"]), ("/nowhere", []),
                    ("/api/%2f", []),
                ] {
                    try await RawConnection.open(port: service.port) { connection in
                        try await connection.write("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                        try await connection.read(until: "\r\n\r\n")
                        let head = connection.received.components(separatedBy: "\r\n\r\n")[0]
                        let lines = head.split(separator: "\r\n").dropFirst()
                        let fields = lines.map { $0.prefix { $0 != ":" }.lowercased() }
                        #expect(Set(fields) == ours.union(more), "\(path)")
                        #expect(Set(fields).count == fields.count, "\(path)")
                    }
                }
            }
        }
    }

    @Test func `an upstream has no say in which pages may read`() async throws {
        let handler: Route.Handler = { _, _ in
            .json(.ok, "open", headers: [.accessControlAllowOrigin: "*", .cacheControl: "max-age=60"])
        }
        try await withGateway(before: handler) { client, _ in
            let reply = try await client.send(.get, "/api/users", headers: [.origin: Self.origin])
            #expect(reply.headers[.accessControlAllowOrigin] == nil)
            #expect(reply.headers[.cacheControl] == "max-age=60")
        }
    }
}
