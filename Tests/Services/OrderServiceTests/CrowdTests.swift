import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

@Suite(.timeLimit(.minutes(1))) struct CrowdTests {
    @Test func `while a neighbour does not answer no more orders are taken than the limit`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 50)
            let buyer = try shop.buyer()
            let (gate, opener) = AsyncStream.makeStream(of: Never.self)
            let script = Script { _, moment in
                if moment == .before { for await _ in gate {} }
                return .none
            }
            var policy = Shop.policy()
            policy.limit = 5
            try await shop.serve(script, policy: policy) { client in
                let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                    for _ in 0..<40 { group.addTask { try await client.order([(teapot, 1)], by: buyer) } }
                    var replies: [TestReply] = []
                    for try await reply in group {
                        replies.append(reply)
                        // The rest of them wait for the neighbour.
                        if replies.count == 35 { opener.finish() }
                    }
                    return replies
                }
                let refused = replies.filter { $0.status == 503 }
                #expect(refused.count == 35)
                #expect(refused.allSatisfy { $0.headers[.retryAfter] == "5" && $0.body["type"] == "unavailable" })
                #expect(replies.count { $0.status == 201 } == 5)
                let list = try await client.send(
                    .get, "/api/orders?limit=100", authorization: buyer.authorization)
                #expect(list.body["items"]?.array?.count == 5)
                #expect(try await client.order([(teapot, 1)], by: buyer).status == 201)
            }
            #expect(try await shelf.stock(teapot) == [44])
        }
    }
}
