import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct ProfileTests {
    @Test func `only members that are present change`() async throws {
        try await withUserService { client in
            let ann = try await client.person("ann")
            let path = "/api/users/\(ann.id)"
            _ = try await client.change(ann, ["firstName": "Ann", "bio": "one\ntwo"])
            let reply = try await client.change(ann, ["lastName": "Lee", "bio": ""])
            #expect(reply.status == 200)
            #expect(reply.body["profile"] == ["firstName": "Ann", "lastName": "Lee", "bio": ""])
            #expect(try await client.send(.get, path, authorization: ann.authorization).body == reply.body)
        }
    }

    @Test(
        arguments: [
            [:], ["profile": [:], "roles": ["operator"]], ["profile": ["role": "operator"]], ["profile": "x"],
            ["profile": ["firstName": nil]], ["profile": ["bio": .string(String(repeating: "x", count: 2001))]],
        ] as [JSONValue])
    func `a profile of another shape is a 422`(body: JSONValue) async throws {
        try await withUserService { client in
            let ann = try await client.person("ann")
            let reply = try await client.send(
                .put, "/api/users/\(ann.id)", body, authorization: ann.authorization, headers: [.ifMatch: "*"])
            #expect(reply.status == 422)
        }
    }

    @Test func `each caller may do exactly what the policy says`() async throws {
        try await withUserService { client in
            let owner = try await client.person("ann")
            let callers: [(String, String?)] = [
                ("anonymous", nil), ("owner", owner.authorization),
                ("other", try await client.person("bob").authorization),
                ("operator", try await client.operatorAuthorization()), ("service", "Service \(Fixture.credential)"),
            ]
            let change: JSONValue = ["profile": [:]]
            let nobody = UUID().text
            let expected: [(Bool, String, [Int])] = [
                (false, "/api/users", [401, 403, 403, 200, 403]), (false, "/api/users/me", [401, 200, 200, 200, 403]),
                (false, "/api/users/\(owner.id)", [401, 200, 403, 200, 200]),
                (false, "/api/users/\(nobody)", [401, 403, 403, 404, 404]),
                (false, "/api/users/not-an-id", [401, 400, 400, 400, 400]),
                (true, "/api/users/\(owner.id)", [401, 200, 403, 200, 403]),
                (true, "/api/users/\(nobody)", [401, 403, 403, 404, 403]),
            ]
            for (isChange, path, statuses) in expected {
                for ((name, authorization), status) in zip(callers, statuses) {
                    let reply = try await client.send(
                        isChange ? .put : .get, path, isChange ? change : nil, authorization: authorization,
                        headers: isChange ? [.ifMatch: "*"] : [:])
                    #expect(reply.status == status, "\(name) \(isChange ? "PUT" : "GET") \(path)")
                }
            }
        }
    }

    @Test func `the list is paged without gaps or repeats`() async throws {
        try await withUserService { client in
            for number in 0..<7 { _ = try await client.register("person\(number)") }
            let authorization = try await client.operatorAuthorization()
            var names: [String] = []
            var cursor: String? = ""
            while let current = cursor {
                let query = current.isEmpty ? "" : "&cursor=\(current)"
                let page = try await client.send(.get, "/api/users?limit=3\(query)", authorization: authorization)
                names += page.body["items"]?.array?.compactMap { $0["username"]?.string } ?? []
                cursor = page.body["nextCursor"]?.string
            }
            #expect(names.sorted() == ["operator"] + (0..<7).map { "person\($0)" })
        }
    }
}
