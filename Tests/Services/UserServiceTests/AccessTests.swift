import Foundation
import HTTPTypes
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct AccessTests {
    @Test func `every route lets in whom the table names and nobody else`() async throws {
        try await Fixture().serve { client, routes in
            let owner = try await client.register("owner")
            let id = try #require(owner.body["user"]?["id"]?.string)
            let token = { @Sendable (reply: TestReply) in "Bearer \(reply.body["token"]?.string ?? "")" }
            let other = token(try await client.register("other"))
            let login: JSONValue = ["login": "operator", "password": .string(Fixture.operatorPassword)]
            let manager = token(try await client.send(.post, "/api/users/login", login))
            let matrix = AccessMatrix([
                // nobody, owner, other, operator, service
                "POST /api/users/register": "422 422 422 422 422",
                "POST /api/users/login": "422 422 422 422 422",
                "POST /api/users/refresh": "422 422 422 422 422",
                "POST /api/users/logout": "422 422 422 422 422",
                "GET /.well-known/jwks.json": "200 200 200 200 200",
                "POST /api/users/me/password": "401 422 422 422 403",
                "GET /api/users": "401 403 403 200 403",
                "GET /api/users/me": "401 200 200 200 403",
                "GET /api/users/:id": "401 200 403 200 200",
                "PUT /api/users/:id": "401 428 403 428 403",
                "GET /internal/revocations/:since": "401 403 403 403 200",
            ]) {
                $0.replacing(":id", with: id).replacing(":since", with: "0")
            } authorization: { caller in
                switch caller {
                case .nobody: nil
                case .owner: token(owner)
                case .other: other
                case .operator: manager
                case .service: "Service \(Fixture.credential)"
                }
            }
            let findings = try await matrix.findings(routes, client)
            #expect(findings == [])
        }
    }

    @Test func `after a rotation the new key signs and what the old one signed is good`() async throws {
        let fixture = try Fixture()
        let before = try await fixture.token(of: "ann")
        let old = try String(contentsOfFile: "\(fixture.directory.path)/key", encoding: .utf8)
        let new = Base64URL.encode((1...32).map { UInt8($0 * 5) })
        try fixture.directory.write("key", "\(new)\n\(old)\n")
        try await fixture.serve { client in
            let keys = try await client.send(.get, "/.well-known/jwks.json").body["keys"]?.array
            #expect(keys?.count == 2)
            let me = try await client.send(.get, "/api/users/me", authorization: "Bearer \(before)")
            #expect(me.status == 200)
        }
        let after = try await fixture.token(of: "bob")
        #expect(before.split(separator: ".")[0] != after.split(separator: ".")[0])
        try fixture.directory.write("key", new)
        try await fixture.serve { client in
            let old = try await client.send(.get, "/api/users/me", authorization: "Bearer \(before)")
            let new = try await client.send(.get, "/api/users/me", authorization: "Bearer \(after)")
            #expect(old.status == 401)
            #expect(new.status == 200)
        }
    }
}

extension Fixture {
    fileprivate func token(of name: String) async throws -> String {
        let tokens = Holder<String>()
        try await serve { client in
            tokens.value = try await client.register(name).body["token"]?.string
        }
        return try #require(tokens.value)
    }
}
