import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct VersionTests {
    @Test func `of two operators who saw the same version one changes it, and what he set survives`() async throws {
        try await withProductService { shelf in
            let id = try await shelf.offer("Teapot")
            let tag = try await shelf.tag(of: id)
            let first = try await shelf.change(id, ["description": "Brown."], seen: tag)
            #expect(first.status == 200)
            let newTag = try #require(first.headers[.eTag])
            #expect(newTag != tag)
            let second = try await shelf.change(id, ["name": "Kettle", "description": "Blue."], seen: tag)
            #expect(second.status == 412)
            #expect(second.body["type"] == "precondition-failed")
            #expect(second.headers[.eTag] == newTag)

            let again = try await shelf.change(id, ["name": "Kettle"], seen: newTag)
            #expect(again.status == 200)
            #expect(again.body["name"] == "Kettle")
            #expect(again.body["description"] == "Brown.")
            #expect(try await shelf.tag(of: id) == again.headers[.eTag])
        }
    }

    @Test func `twenty at once with one version are one who changes it`() async throws {
        try await withProductService { shelf in
            let id = try await shelf.offer()
            let tag = try await shelf.tag(of: id)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await shelf.change(id, ["name": .string("Teapot \(number)")], seen: tag).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 412: 19])
        }
    }

    @Test func `a change says which version it changes`() async throws {
        try await withProductService { shelf in
            let id = try await shelf.offer()
            let expected: [(HTTPFields, Int, JSONValue)] = [
                ([:], 428, "precondition-required"), ([.ifMatch: "v1"], 400, "malformed-request"),
                ([.ifMatch: #""v99""#], 412, "precondition-failed"),
                ([.ifMatch: #"W/"v1""#], 412, "precondition-failed"),
            ]
            for (headers, status, type) in expected {
                let reply = try await shelf.client.send(
                    .put, "/api/products/\(id)", ["name": "x"], authorization: shelf.operatorAuthorization,
                    headers: headers)
                #expect(reply.status == status)
                #expect(reply.body["type"] == type)
            }
            #expect(try await shelf.client.send(.get, "/api/products/\(id)").body["name"] == "Teapot")
        }
    }

    @Test func `a sale ends a version for whoever sets the stock and not for whoever corrects the name`() async throws {
        try await withProductService { shelf in
            let id = try await shelf.offer(stock: 10)
            let tag = try await shelf.tag(of: id)
            #expect(try await shelf.reserve(3, of: id).status == 201)
            #expect(try await shelf.change(id, ["stock": 12], seen: tag).status == 412)
            #expect(try await shelf.change(id, ["name": "Kettle", "stock": 12], seen: tag).status == 412)
            let renamed = try await shelf.change(id, ["name": "Kettle"], seen: tag)
            #expect(renamed.status == 200)
            #expect(renamed.body["stock"] == 7)
            #expect(try await shelf.change(id, ["name": "Jug"], seen: tag).status == 412)
            let restocked = try await shelf.change(id, ["stock": 12], seen: try await shelf.tag(of: id))
            #expect(restocked.status == 200)
            // A new stock is none of the name's business either.
            let repriced = try await shelf.change(
                id, ["price": ["amount": 5, "currency": "EUR"]], seen: try #require(renamed.headers[.eTag]))
            #expect(repriced.status == 200)
            #expect(repriced.body["stock"] == 12)
        }
    }

    @Test func `a change to what is already so is no change`() async throws {
        try await withProductService { shelf in
            let id = try await shelf.offer("Teapot", stock: 4)
            let before = try await shelf.client.send(.get, "/api/products/\(id)")
            for change in [[:], ["name": "Teapot"], ["stock": 4, "description": ""]] as [JSONValue] {
                let reply = try await shelf.change(id, change)
                #expect(reply.status == 200)
                #expect(reply.body == before.body)
                #expect(reply.headers[.eTag] == before.headers[.eTag])
            }
        }
    }

    @Test func `who has a product is not sent it again until something of it changes`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            await fixture.rounds.first()
            let id = try await shelf.offer(stock: 10)
            let (held, sold) = (UUID(), UUID())
            let changes: [@Sendable () async throws -> Int] = [
                { try await shelf.reserve(1, of: id, as: held).status },
                { try await shelf.tell("release", held, of: id).status },
                { try await shelf.reserve(2, of: id, as: sold).status },
                {
                    _ = try await shelf.tell("confirm", sold, of: id)
                    return try await shelf.tell("return", sold, of: id).status
                },
                { try await shelf.change(id, ["name": "Kettle"]).status },
                { try await shelf.change(id, ["stock": 1]).status },
                { try await shelf.reserve(1, of: id).status },
                {
                    fixture.time.advance(by: .seconds(900))
                    await fixture.rounds.next()
                    return 200
                },
            ]
            var tags: Set<String> = [try await shelf.tag(of: id)]
            for change in changes {
                let tag = try await shelf.tag(of: id)
                for method in [HTTPRequest.Method.get, .head] {
                    let reply = try await shelf.client.send(
                        method, "/api/products/\(id)", headers: [.ifNoneMatch: "\"other\", W/\(tag)"])
                    #expect(reply.status == 304)
                    #expect(reply.text.isEmpty)
                    #expect(reply.headers[.eTag] == tag)
                    #expect(reply.headers[.cacheControl] == "no-cache")
                }
                #expect((200..<300).contains(try await change()))
                let reply = try await shelf.client.send(
                    .get, "/api/products/\(id)", headers: [.ifNoneMatch: tag])
                #expect(reply.status == 200)
                #expect(reply.headers[.cacheControl] == "no-cache")
                let (isNew, _) = tags.insert(try #require(reply.headers[.eTag]))
                #expect(isNew)
            }
        }
    }

    @Test func `the answer to a new product has its tag`() async throws {
        try await withProductService { shelf in
            let reply = try await shelf.client.send(
                .post, "/api/products", ["name": "x", "price": ["amount": 1, "currency": "EUR"], "stock": 2],
                authorization: shelf.operatorAuthorization)
            let location = try #require(reply.headers[.location])
            #expect(try await shelf.client.send(.get, location).headers[.eTag] == reply.headers[.eTag])
        }
    }
}
