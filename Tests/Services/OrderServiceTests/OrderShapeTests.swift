import Foundation
import ServiceKit
import Testing

@testable import order_service

@Suite struct OrderShapeTests {
    private let id = "7f9d6a5e-0000-4000-8000-000000000001"
    private let time = Timestamp(milliseconds: 1_767_225_600_042)

    private func order(_ status: Order.Status, _ offer: Order.Offer?, _ rejection: Rejection? = nil) throws -> String {
        let id = try #require(UUID(uuidString: id))
        let order = Order(
            id: id, userID: id, status: status, lines: [.init(productID: id, quantity: 2, offer: offer)],
            rejection: rejection, createdAt: time, updatedAt: time)
        return String(decoding: JSONWriter.bytes(of: order), as: UTF8.self)
    }

    @Test func `an order is written in this shape, to the byte`() throws {
        let euro = try #require(Money.Currency("EUR"))
        let offer = Order.Offer(name: "Tea\"pot", unitPrice: Money(amount: 1999, currency: euro))
        let (head, times) = (
            #"{"id":"\#(id)","userId":"\#(id)","status":"#,
            #""createdAt":"2026-01-01T00:00:00.042Z","updatedAt":"2026-01-01T00:00:00.042Z""#
        )
        #expect(
            try order(.confirmed, offer) == head
                + #""confirmed","items":[{"productId":"\#(id)","name":"Tea\"pot","quantity":2,"#
                + #""unitPrice":{"amount":1999,"currency":"EUR"}}],"total":{"amount":3998,"currency":"EUR"},\#(times)}"#
        )
        let open = #"[{"productId":"\#(id)","name":null,"quantity":2,"unitPrice":null}],"total":null,"#
        #expect(try order(.pending, nil) == head + #""pending","items":"# + open + times + "}")
        let rejection = Rejection(reason: .unknownProduct, detail: "None.")
        #expect(
            try order(.rejected, nil, rejection) == head + #""rejected","items":"# + open + times
                + #","rejection":{"type":"unknown-product","detail":"None."}}"#)
    }
}
