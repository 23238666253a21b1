import ArgumentParser
import Testing

@testable import msctl

@Suite struct ShopChangeTests {
    private let lamp = #"{"id":"1","name":"Lamp","price":{"amount":500,"currency":"JPY"},"stock":3}"#

    @Test func `a change is made to the version that was read`() async throws {
        let api = try ScriptedAPI([read("v1"), .init(body: lamp)])
        _ = try await ProductChange(price: "700").apply(to: "1", try api.shop())
        #expect(api.asked == ["GET /api/products/1", "PUT /api/products/1"])
        #expect(api.values("If-Match") == [#""v1""#])
        // The currency is the product's own.
        #expect(api.bodies.last == #"{"price":{"amount":700,"currency":"JPY"}}"#)
    }

    @Test func `a change that comes too late is made to the next version`() async throws {
        let api = try ScriptedAPI([read("v1"), changed, read("v2"), .init(body: lamp)])
        _ = try await ProductChange(price: "700").apply(to: "1", try api.shop())
        #expect(api.values("If-Match") == [#""v1""#, #""v2""#])
        #expect(api.bodies.last == #"{"price":{"amount":700,"currency":"JPY"}}"#)
    }

    @Test func `a stock that comes too late is not written over what was sold meanwhile`() async throws {
        let api = try ScriptedAPI([read("v1"), changed, read("v2"), .init(body: lamp)])
        let shop = try api.shop()
        await #expect {
            _ = try await ProductChange(price: "700", stock: 9).apply(to: "1", shop)
        } throws: { error in
            guard case CommandFailure.refused(_, let hint, _) = error else { return false }
            return hint?.contains("msctl product stock ID --add N") == true
        }
        #expect(api.asked == ["GET /api/products/1", "PUT /api/products/1"])
    }

    @Test func `who is overtaken again and again is told`() async throws {
        let api = try ScriptedAPI((1...4).flatMap { [read("v\($0)"), changed] })
        let shop = try api.shop()
        await #expect {
            _ = try await ProductChange(name: "Lamp").apply(to: "1", shop)
        } throws: { error in
            guard case CommandFailure.refused(let message, let hint, _) = error else { return false }
            return message == "the product was changed meanwhile (412 precondition-failed, request r-1)"
                && hint == "look at what it is now, and try again"
        }
        #expect(api.values("If-Match") == (1...4).map { #""v\#($0)""# })
    }

    @Test func `an API without versions gets none`() async throws {
        let api = try ScriptedAPI([.init(body: lamp), .init(body: lamp)])
        _ = try await ProductChange(name: "Lamp").apply(to: "1", try api.shop())
        #expect(api.asked.count == 2)
        #expect(api.values("If-Match") == [])
    }

    @Test func `what cannot be read is not changed`() async throws {
        let api = try ScriptedAPI([.init(status: 404)])
        let shop = try api.shop()
        await #expect {
            _ = try await ProductChange(stock: 9).apply(to: "1", shop)
        } throws: {
            ($0 as? CommandFailure)?.exitCode == 65
        }
        #expect(api.asked == ["GET /api/products/1"])
    }

    @Test func `a movement of stock has a sign, a reason and a key`() throws {
        let added = try #require(try stock("1 --add 5 --reason received --idempotency-key k").change())
        #expect(added.method == "POST" && added.target == "/api/products/1/stock-movements")
        #expect(added.body?.text == #"{"delta":5,"reason":"received"}"#)
        #expect(added.idempotencyKey == "k")
        let removed = try #require(try stock("1 --remove 2 --reason damaged").change())
        #expect(removed.body?.text == #"{"delta":-2,"reason":"damaged"}"#)
        #expect(removed.idempotencyKey != nil)
        #expect(try stock("1 --limit 3").change() == nil)
    }

    @Test(
        arguments: [
            ([], []), (["--search", "desk lamp"], ["q=desk lamp"]),
            (["--min-price", "1.50"], ["minPrice=150", "currency=EUR"]),
            (["--max-price", "150", "--currency", "JPY"], ["maxPrice=150", "currency=JPY"]),
            (["--currency", "USD"], ["currency=USD"]), (["--in-stock"], ["inStock=true"]),
            (["--no-in-stock", "--sort", "-price"], ["inStock=false", "sort=-price"]),
            (["--sort=name"], ["sort=name"]),
        ] as [([String], [String])])
    func `what is looked for becomes a query`(options: [String], query: [String]) throws {
        #expect(try ProductFilter.parse(options).query.map { "\($0.name)=\($0.value)" } == query)
    }

    private func stock(_ line: String) throws -> ProductStockCommand {
        try ProductStockCommand.parse(line.split(separator: " ").map(String.init))
    }

    private func read(_ tag: String) -> ScriptedAPI.Answer { .init(body: lamp, headers: "ETag: \"\(tag)\"\r\n") }

    private var changed: ScriptedAPI.Answer {
        .init(
            status: 412, body: #"{"type":"precondition-failed","title":"It was changed meanwhile","status":412}"#,
            headers: "X-Request-Id: r-1\r\n")
    }
}
