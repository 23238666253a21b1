import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import ServiceKit

@Suite struct KeyedRequestTests {
    private func keyed(_ key: String, _ body: JSONValue = [:]) throws -> KeyedRequest {
        let key = try #require(try IdempotencyKey([.idempotencyKey: key]))
        return KeyedRequest(key, owner: "ann", body: body)
    }

    @Test func `keys whose day is over are forgotten a few at a time, and are new meanwhile`() throws {
        let database = try DatabaseQueue()
        let (monday, wednesday) = (Timestamp(milliseconds: 0), Timestamp(milliseconds: 2 * 24 * 3600 * 1000))
        try database.write { database in
            try KeyedRequest.createTable(in: database)
            for number in 0..<100 { try keyed("old-\(number)").remember(UUID(), now: monday, in: database) }
            func count() throws -> Int? { try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM keyed_requests") }
            #expect(try count() == 100)
            try keyed("new").remember(UUID(), now: wednesday, in: database)
            #expect(try count() == 100 - KeyedRequest.forgottenAtOnce + 1)

            let (again, made) = (try keyed("old-99", ["another": "body"]), UUID())
            #expect(try again.resource(now: wednesday, in: database) == nil)
            try again.remember(made, now: wednesday, in: database)
            #expect(try again.resource(now: wednesday, in: database) == made)
            for number in 0..<20 { try keyed("more-\(number)").remember(UUID(), now: wednesday, in: database) }
            #expect(try count() == 22)
        }
    }
}
