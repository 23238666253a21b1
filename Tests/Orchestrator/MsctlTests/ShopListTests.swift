import ArgumentParser
import Testing

@testable import msctl

@Suite struct ShopListTests {
    private let orders = ShopRequest("GET", "api", "orders")

    @Test func `one page is passed on as it came`() async throws {
        let body = #"{ "items": [], "nextCursor": null, "more": 1.50 }"#
        let api = try ScriptedAPI([.init(body: body)])
        let list = try await read(api, [])
        #expect(String(decoding: list.json, as: UTF8.self) == body)
        #expect(api.asked == ["GET /api/orders"])
    }

    @Test func `all pages are put together, each item as the API wrote it`() async throws {
        let api = try ScriptedAPI([page(["o1", "o2"], next: "c1"), page(["o3"], next: nil)])
        let list = try await read(api, ["--all"])
        #expect(list.items.map(\.id) == ["o1", "o2", "o3"])
        #expect(
            String(decoding: list.json, as: UTF8.self)
                == #"{"items":[\#(order("o1")),\#(order("o2")),\#(order("o3"))],"nextCursor":null}"#)
        #expect(api.asked == ["GET /api/orders?limit=100", "GET /api/orders?limit=100&cursor=c1"])
    }

    @Test func `with all, the limit is how many are asked for at a time`() async throws {
        let api = try ScriptedAPI([page(["o1"], next: "c1"), page(["o2"], next: nil)])
        let list = try await read(api, ["--all", "--limit", "1"])
        #expect(list.items.count == 2)
        #expect(api.asked == ["GET /api/orders?limit=1", "GET /api/orders?limit=1&cursor=c1"])
    }

    @Test func `a limit is kept over pages and leaves a cursor`() async throws {
        let api = try ScriptedAPI([page(["o1", "o2"], next: "c1"), page(["o3"], next: "c2")])
        let list = try await read(api, ["--limit", "3"])
        #expect(list.items.count == 3)
        #expect(list.cursor == "c2")
        #expect(api.asked == ["GET /api/orders?limit=3", "GET /api/orders?limit=1&cursor=c1"])
        #expect(String(decoding: list.json, as: UTF8.self).hasSuffix(#"],"nextCursor":"c2"}"#))
    }

    @Test(arguments: [([], true), (["--limit", "3"], false), (["--cursor", "c"], true)] as [([String], Bool)])
    func `a list of ids alone is whole unless it is told how long to be`(options: [String], isWhole: Bool) throws {
        let page = try PageOptions.parse(options)
        #expect(try page.complete(GlobalOptions.parse(["--quiet"])).all == isWhole)
        #expect(try !page.complete(GlobalOptions.parse([])).all)
        // There the cursor stands in the document.
        #expect(try !page.complete(GlobalOptions.parse(["-q", "--format", "json"])).all)
    }

    @Test func `without a limit one page is read`() async throws {
        let api = try ScriptedAPI([page(["o1"], next: "c1")])
        let list = try await read(api, ["--cursor", "c0"])
        #expect(list.cursor == "c1")
        #expect(api.asked == ["GET /api/orders?cursor=c0"])
    }

    @Test(arguments: [["c1", "c1"], ["c1", "c2", "c1"], ["c1", "c2", "c3", "c2"]])
    func `a list that turns in a circle is a failure`(cursors: [String]) async throws {
        let api = try ScriptedAPI(cursors.map { page(["o1"], next: $0) } + [page(["o2"], next: nil)])
        await #expect {
            _ = try await read(api, ["--all"])
        } throws: {
            ($0 as? CommandFailure)?.exitCode == 69
        }
    }

    @Test func `parts of a document are found between strings and brackets`() {
        let text = #" { "a,b" : "]\"," , "items" : [ {"x":[1,2]}, "a\\", 1.50 ,[] ] } "#
        let items = JSONSlices.member("items", of: Array(text.utf8)).map { JSONSlices.elements(of: $0) } ?? []
        #expect(items.map { String(decoding: $0, as: UTF8.self) } == [#"{"x":[1,2]}"#, #""a\\""#, "1.50", "[]"])
        #expect(JSONSlices.member("none", of: Array(text.utf8)) == nil)
        #expect(JSONSlices.elements(of: Array("[ ]".utf8)).isEmpty)
    }

    private func read(_ api: ScriptedAPI, _ options: [String]) async throws -> ShopList<ShopOrder> {
        try await ShopList<ShopOrder>.read(orders, try PageOptions.parse(options), try api.shop())
    }

    private func order(_ id: String) -> String {
        #"{"id":"\#(id)","userId":"1","status":"confirmed","items":[],"total":null}"#
    }

    private func page(_ ids: [String], next: String?) -> ScriptedAPI.Answer {
        let cursor = next.map { "\"\($0)\"" } ?? "null"
        return .init(body: #"{"items": [\#(ids.map(order).joined(separator: ", "))], "nextCursor": \#(cursor)}"#)
    }
}
