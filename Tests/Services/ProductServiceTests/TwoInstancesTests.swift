import Foundation
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

/// Two instances on one database, as there are while one replaces the other.
@Suite struct TwoInstancesTests {
    @Test func `two begin at once on a new database and sell exactly what there is`() async throws {
        let fixture = try Fixture()
        async let first = fixture.assemble()
        async let second = fixture.assemble()
        let (one, two) = try await (first, second)
        let authorization = try fixture.operatorAuthorization()
        try await buildApplication(one.parts, in: one.runtime).test(.router) { client in
            let shelf = Shelf(client: client, operatorAuthorization: authorization)
            try await buildApplication(two.parts, in: two.runtime).test(.router) { client in
                let shelves = [shelf, Shelf(client: client, operatorAuthorization: authorization)]
                let product = try await shelf.offer(stock: 50)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<200 {
                        group.addTask { try await shelves[number % 2].reserve(1, of: product).status }
                    }
                    return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses == [201: 50, 409: 150])
                #expect(try await shelves[1].stock(of: product) == 0)

                // A reservation that one made, both know; and given back at both it comes back once.
                let id = UUID()
                let other = try await shelf.offer(stock: 5)
                #expect(try await shelves[0].reserve(2, of: other, as: id).status == 201)
                async let released = shelves[0].tell("release", id, of: other)
                async let again = shelves[1].tell("release", id, of: other)
                #expect(try await [released, again].map(\.status) == [200, 200])
                #expect(try await shelf.stock(of: other) == 5)
            }
        }
        try one.parts.close()
        try two.parts.close()
    }
}
