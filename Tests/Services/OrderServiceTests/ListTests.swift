import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct ListTests {
    @Test(
        arguments: [
            ("staus=pending", ["staus"]), ("status=lost", ["status"]), ("status=", ["status"]),
            ("status=pending&status=confirmed", ["status"]), ("limit=101", ["limit"]), ("cursor=x", ["cursor"]),
            ("status=lost&limit=0&cursor=x&page=2", ["status", "limit", "cursor", "page"]),
        ])
    func `a parameter that is wrong or unknown is a 400 that names it`(query: String, names: [String]) async throws {
        try await withShop { shop, _ in
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let reply = try await client.send(
                    .get, "/api/orders?\(query)", authorization: buyer.authorization)
                #expect(reply.status == 400)
                let detail = reply.body["detail"]?.string ?? ""
                #expect(names.allSatisfy { detail.contains("\($0) ") }, "\(detail)")
            }
        }
    }

    @Test func `a cursor is good for whose orders and for the state that gave it out`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 9)
            let (ann, bob) = (try shop.buyer(), try shop.buyer())
            let boss = try shop.buyer(roles: [.user, .operator])
            try await shop.serve { client in
                for buyer in [ann, bob] {
                    for _ in 0..<2 { _ = try await client.order([(teapot, 1)], by: buyer) }
                }
                let lists = [ann, bob, boss].flatMap { buyer in ["", "&status=confirmed"].map { (buyer, $0) } }
                for (index, (owner, filter)) in lists.enumerated() {
                    let first = try await client.send(
                        .get, "/api/orders?limit=1\(filter)", authorization: owner.authorization)
                    let cursor = try #require(first.body["nextCursor"]?.string)
                    for (other, (buyer, filter)) in lists.enumerated() {
                        let next = try await client.send(
                            .get, "/api/orders?cursor=\(cursor)\(filter)", authorization: buyer.authorization)
                        #expect(next.status == (index == other ? 200 : 400), "a cursor of \(index) for \(other)")
                    }
                }
            }
        }
    }
}
