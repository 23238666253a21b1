import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct VersionTests {
    @Test func `of two who change what they both have read, one is told that it changed`() async throws {
        try await withUserService { client in
            let ann = try await client.person("ann")
            let seen = try await client.send(.get, "/api/users/\(ann.id)", authorization: ann.authorization)
            let tag = try #require(seen.headers[.eTag])
            let first = try await client.change(ann, ["firstName": "Ann"], ifMatch: tag)
            #expect(first.status == 200)
            let next = try #require(first.headers[.eTag])
            #expect(next != tag)

            let second = try await client.change(ann, ["lastName": "Lee"], ifMatch: tag)
            #expect(second.status == 412)
            #expect(second.body["type"] == "precondition-failed")
            #expect(second.headers[.eTag] == next)
            let now = try await client.send(.get, "/api/users/me", authorization: ann.authorization)
            #expect(now.body["profile"] == ["firstName": "Ann", "lastName": "", "bio": ""])
            #expect(now.headers[.eTag] == next)
            #expect(try await client.change(ann, ["lastName": "Lee"], ifMatch: next).status == 200)
        }
    }

    @Test func `ten changes of one version at once are one change`() async throws {
        try await withUserService { client in
            let ann = try await client.person("ann")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try await client.change(ann, ["bio": .string("\(number)")], ifMatch: "\"v1\"").status
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 412: 9])
        }
    }

    @Test func `who does not say what he has seen gets 428, and 400 for what is no entity tag`() async throws {
        try await withUserService { client in
            let ann = try await client.person("ann")
            let silent = try await client.change(ann, ["bio": "x"], ifMatch: nil)
            #expect(silent.status == 428)
            #expect(silent.body["type"] == "precondition-required")
            #expect(try await client.change(ann, ["bio": "x"], ifMatch: "v1").status == 400)
            #expect(try await client.change(ann, ["bio": "x"], ifMatch: "W/\"v1\"").status == 412)
            #expect(try await client.change(ann, ["bio": "x"], ifMatch: "\"v7\", \"v1\"").status == 200)
        }
    }

    @Test(arguments: ["me", "id"])
    func `who has the version already gets 304 without a body, until it changes`(path: String) async throws {
        try await withUserService { client in
            let ann = try await client.person("ann")
            let path = "/api/users/\(path == "me" ? "me" : ann.id)"
            let first = try await client.send(.get, path, authorization: ann.authorization)
            let tag = try #require(first.headers[.eTag])
            let again = try await client.send(
                .get, path, authorization: ann.authorization, headers: [.ifNoneMatch: tag])
            #expect(again.status == 304)
            #expect(again.text.isEmpty)
            #expect(again.headers[.eTag] == tag)
            _ = try await client.change(ann, ["bio": "x"])
            let changed = try await client.send(
                .get, path, authorization: ann.authorization, headers: [.ifNoneMatch: tag])
            #expect(changed.status == 200)
            #expect(changed.body["profile"]?["bio"] == "x")
        }
    }
}

extension TestClientProtocol {
    /// Changes a person's own profile, whatever it is now unless `tag` says otherwise.
    func change(_ person: Person, _ profile: JSONValue, ifMatch tag: String? = "*") async throws -> TestReply {
        var headers: HTTPFields = [:]
        headers[.ifMatch] = tag
        return try await send(
            .put, "/api/users/\(person.id)", ["profile": profile], authorization: person.authorization,
            headers: headers)
    }
}
