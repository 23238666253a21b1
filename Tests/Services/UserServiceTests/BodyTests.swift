import HTTPTypes
import HummingbirdTesting
import References
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

@Suite struct BodyTests {
    private func withSweep(
        _ test: @Sendable (BodySweep, Person, any TestClientProtocol) async throws -> Void
    ) async throws {
        try await Fixture().serve { client, routes in
            let ann = try await client.person("ann")
            let sweep = BodySweep(routes) {
                $0.replacing(":id", with: ann.id)
            } authorization: { route in
                route.access.isOpen ? nil : ann.authorization
            }
            try await test(sweep, ann, client)
        }
    }

    @Test func `what is no JSON is a 400 at every route that takes a body`() async throws {
        try await withSweep { sweep, _, client in
            #expect(
                sweep.names == [
                    "POST /api/users/login", "POST /api/users/logout", "POST /api/users/me/password",
                    "POST /api/users/refresh", "POST /api/users/register", "PUT /api/users/:id",
                ])
            let findings = try await sweep.malformed(client)
            #expect(findings == [])
        }
    }

    @Test(.needs(.jsonTestSuite)) func `what is no JSON for the public suite is a 400 there too`() async throws {
        let suite = try JSONTestSuite()
        try await withSweep { sweep, _, client in
            let findings = try await sweep.malformed(client, of: suite)
            #expect(findings == [])
        }
    }

    @Test func `a member too many is a 422 at every route and changes nothing`() async throws {
        try await withSweep { sweep, ann, client in
            let manager = try await client.operatorAuthorization()
            let path = "/api/users/\(ann.id)"
            let before = try await client.send(.get, path, authorization: ann.authorization)
            let findings = try await sweep.unknownMembers(client)
            #expect(findings == [])
            let after = try await client.send(.get, path, authorization: ann.authorization)
            #expect(after.text == before.text)
            #expect(after.headers[.eTag] == before.headers[.eTag])
            let people = try await client.send(.get, "/api/users", authorization: manager)
            #expect(people.body["items"]?.array?.count == 2)
        }
    }

    @Test(.needs(.openAPIValidator)) func `a public validator finds nothing wrong with the document`() async throws {
        try await withUserService { client in
            let document = try await client.send(.get, "/openapi.json").body
            #expect(try PublicValidator.complaint(about: document) == nil)
        }
    }

    @Test(
        arguments: [
            ("colour=red", ["colour"]), ("limit=0", ["limit"]), ("limit=1&limit=2", ["limit"]),
            ("cursor=x", ["cursor"]),
            ("limit=x&cursor=x&Limit=1", ["limit", "cursor", "Limit"]),
        ])
    func `a parameter of the list that is wrong or unknown is a 400 that names it`(query: String, names: [String])
        async throws
    {
        try await withUserService { client in
            let manager = try await client.operatorAuthorization()
            let reply = try await client.send(.get, "/api/users?\(query)", authorization: manager)
            #expect(reply.status == 400)
            let detail = reply.body["detail"]?.string ?? ""
            #expect(detail.split(separator: ".").map { $0.split(separator: " ").first.map(String.init) } == names)
        }
    }
}
