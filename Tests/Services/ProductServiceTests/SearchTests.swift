import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct SearchTests {
    @Test func `products are found by words of name and description in any case and with any accents`() async throws {
        try await withProductService { shelf in
            _ = try await shelf.offer("Teapot", "Brown; holds a litre.")
            _ = try await shelf.offer("Crème brûlée dish", "For O'Brien's kitchen")
            _ = try await shelf.offer("Чайник", "синий")
            _ = try await shelf.offer("急須", "お茶")
            let expected: [(String, [String])] = [
                ("teapot", ["Teapot"]), ("TEA", ["Teapot"]), ("brown tea", ["Teapot"]), ("tea brown", []),
                ("litre", ["Teapot"]), ("brown dish", []), ("creme brulee", ["Crème brûlée dish"]),
                ("CRE\u{301}ME", ["Crème brûlée dish"]), ("cre\u{300}m", ["Crème brûlée dish"]),
                ("o'brien", ["Crème brûlée dish"]),
                ("brien's", ["Crème brûlée dish"]), ("чай", ["Чайник"]), ("СИНИЙ", ["Чайник"]), ("急", ["急須"]),
                ("holds, (a) litre!", ["Teapot"]), ("pot", []),
            ]
            for (text, names) in expected {
                #expect(try await shelf.search(text) == names, "\(text)")
            }
            #expect(try await shelf.search("  ").count == 4)
            #expect(try await shelf.names("q=").count == 4)
            #expect(try await shelf.search("🫖").isEmpty)
        }
    }

    @Test func `what is found follows what products are called`() async throws {
        try await withProductService { shelf in
            let id = try await shelf.offer("Teapot", "Brown")
            _ = try await shelf.change(id, ["name": "Kettle"])
            #expect(try await shelf.search("teapot").isEmpty)
            #expect(try await shelf.search("brown kettle") == ["Kettle"])
            _ = try await shelf.change(id, ["description": "Blue"])
            _ = try await shelf.reserve(1, of: id)
            #expect(try await shelf.search("brown").isEmpty)
            #expect(try await shelf.search("blue") == ["Kettle"])
        }
    }

    @Test(
        arguments: [
            ("\"", 0), ("'", 0), ("\"\"", 0), ("\"tea", 1), ("tea\" OR \"x", 0), ("tea OR x", 0), ("NOT tea", 0),
            ("tea AND", 0), ("NEAR(tea pot)", 0), ("tea NEAR/2 pot", 0), ("*", 0), ("tea*", 1), ("* tea", 1),
            ("^tea", 1), ("-tea", 1), ("--", 0), ("+tea", 1), ("name:tea", 0), ("{name}: tea", 0), ("(tea", 1),
            ("tea)", 1), ("'; DROP TABLE products; --", 0), ("tea' OR '1'='1", 0), ("%", 0), ("\\", 0), ("_", 0),
            ("\u{0}tea", 1), ("tea\u{0}", 1), ("\u{1B}[2J", 0), ("\r\ntea", 1), ("🫖", 0), ("🫖 tea", 1),
            ("👩‍🍳", 0), ("1\u{FE0F}\u{20E3}", 0), ("\u{301}", 0), ("\u{202E}aet", 0), ("\u{FFFF}", 0), ("\u{E000}", 0),
            ("\u{10FFFF}", 0), ("ﷺ", 0), ("ß", 0),
        ])
    func `nothing a person types is syntax`(text: String, count: Int) async throws {
        try await withProductService { shelf in
            _ = try await shelf.offer("Teapot", "tea")
            #expect(try await shelf.search(text).count == count)
            #expect(try await shelf.names("") == ["Teapot"])
        }
    }

    @Test func `of more products than are looked at, the first offered are found`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            let count = SearchText.mostFound + 5
            // The service writes, too, and one of the two has to wait.
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let database = try DatabaseQueue(
                path: "\(fixture.directory.path)/products.db", configuration: configuration)
            try await database.write { database in
                for number in 0..<count {
                    try database.execute(
                        sql: """
                            INSERT INTO products
                                (id, name, description, price_amount, price_currency, stock, created_at, updated_at)
                            VALUES (?, ?, '', ?, 'EUR', 0, ?, ?)
                            """, arguments: [UUID().text, "tea \(number)", count - number, number, number])
                }
            }
            func first(_ query: String) async throws -> String? {
                let page = try await shelf.client.send(.get, "/api/products?limit=1&\(query)")
                return page.body["items"]?.array?.first?["name"]?.string
            }
            // The last offered are the cheapest.
            #expect(try await first("sort=price&q=t") == "tea \(SearchText.mostFound - 1)")
            #expect(try await first("sort=price") == "tea \(count - 1)")
            #expect(try await first("sort=price&q=tea+\(count - 1)") == "tea \(count - 1)")
        }
    }

    @Test func `long texts and broken ones are no fault of ours`() async throws {
        try await withProductService { shelf in
            _ = try await shelf.offer("Teapot", String(repeating: "a ", count: 2000))
            for (text, status) in [
                (String(repeating: "a ", count: 100), 200), (String(repeating: "é", count: 200), 200),
                (String(repeating: "a", count: 201), 400), (String(repeating: "\" OR ", count: 2000), 400),
            ] {
                let reply = try await shelf.client.send(.get, "/api/products?q=\(text.inQuery)")
                #expect(reply.status == status)
            }
            for query in ["q=%FF%FE", "q=%zz", "q=%", "q=%00", "q=+", "q=%C3", "q", "&&", "q=a=b", "%71=tea"] {
                let reply = try await shelf.client.send(.get, "/api/products?\(query)")
                #expect(reply.status < 500, "\(query)")
            }
        }
    }
}
