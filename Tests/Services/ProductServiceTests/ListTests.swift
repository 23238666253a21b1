import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct ListTests {
    static let orders = ["created", "-created", "price", "-price", "name", "-name"]

    private func euros(_ amount: Int64) -> JSONValue { ["amount": .integer(amount), "currency": "EUR"] }

    @Test func `filters keep what fits all of them`() async throws {
        try await withProductService { shelf in
            _ = try await shelf.offer("cheap", "tea", stock: 0, price: euros(100))
            _ = try await shelf.offer("fair", "tea", price: euros(200))
            _ = try await shelf.offer("dear", "coffee", price: euros(300))
            _ = try await shelf.offer("foreign", "tea", price: ["amount": 200, "currency": "USD"])
            let expected: [(String, [String])] = [
                ("", ["cheap", "dear", "fair", "foreign"]), ("minPrice=200", ["dear", "fair", "foreign"]),
                ("maxPrice=200", ["cheap", "fair", "foreign"]), ("minPrice=101&maxPrice=299", ["fair", "foreign"]),
                ("minPrice=300&maxPrice=100", []), ("currency=USD", ["foreign"]), ("currency=GBP", []),
                ("inStock=true", ["dear", "fair", "foreign"]), ("inStock=false", ["cheap"]),
                ("q=tea&inStock=true&currency=EUR&maxPrice=250", ["fair"]),
            ]
            for (query, names) in expected {
                #expect(try await shelf.names("sort=name&\(query)") == names, "\(query)")
            }
        }
    }

    @Test func `products come in the order asked for`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            for (name, amount) in [("b", 2), ("C", 3), ("A", 1), ("a b", 4)] as [(String, Int64)] {
                _ = try await shelf.offer(name, price: euros(amount))
                fixture.time.advance(by: .milliseconds(1))
            }
            let expected = [
                "created": ["b", "C", "A", "a b"], "price": ["A", "b", "C", "a b"], "name": ["A", "a b", "b", "C"],
            ]
            #expect(try await shelf.names("limit=3") == expected["created"])
            for (order, names) in expected {
                #expect(try await shelf.names("sort=\(order)&limit=3") == names)
                #expect(try await shelf.names("sort=-\(order)&limit=3") == names.reversed())
            }
        }
    }

    @Test(arguments: orders)
    func `a list that changes while it is read shows no product twice and misses none`(order: String) async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            var ids: [String] = []
            // Three have each name and price, and three are of each time.
            for number in 0..<12 {
                let amount = Int64(number * 7 % 12 / 3)
                ids.append(try await shelf.offer("tea \(amount)", price: euros(amount)))
                if number % 3 == 1 { fixture.time.advance(by: .milliseconds(1)) }
            }
            let products = ids
            let items = try await shelf.items("/api/products?q=tea&sort=\(order)&limit=2") { page in
                guard page < 6 else { return }
                _ = try await shelf.offer("tea \(page)", price: euros(Int64(page)))
                _ = try await shelf.reserve(1, of: products[page])
                _ = try await shelf.change(products[page + 6], ["description": .string("page \(page)")])
            }
            let seen = items.compactMap { $0["id"]?.string }
            #expect(Set(seen).count == seen.count)
            #expect(Set(seen).isSuperset(of: products))
        }
    }

    @Test func `a cursor is good for the list that gave it out`() async throws {
        try await withProductService { shelf in
            for name in ["tea a", "tea b", "tea c"] { _ = try await shelf.offer(name) }
            func cursor(_ query: String) async throws -> String {
                let page = try await shelf.client.send(.get, "/api/products?limit=1&\(query)")
                return try #require(page.body["nextCursor"]?.string)
            }
            let queries = ListTests.orders.map { "sort=\($0)" } + ["q=tea", "q=te", "inStock=true", "minPrice=1"]
            for one in queries {
                let cursor = try await cursor(one)
                for other in queries {
                    let page = try await shelf.client.send(.get, "/api/products?limit=5&cursor=\(cursor)&\(other)")
                    #expect(page.status == (one == other ? 200 : 400), "a cursor of \(one) for \(other)")
                    if one == other { #expect(page.body["items"]?.array?.count == 2) }
                }
            }
            // Saying what holds anyway is the same list.
            let cursor = try await cursor("")
            #expect(try await shelf.client.send(.get, "/api/products?sort=created&cursor=\(cursor)").status == 200)
        }
    }

    @Test func `a cursor of a product that is renamed or sold out meanwhile still says where to go on`() async throws {
        try await withProductService { shelf in
            var ids: [String] = []
            for name in ["a", "b", "c"] { ids.append(try await shelf.offer(name, stock: 1)) }
            let products = ids
            let items = try await shelf.items("/api/products?sort=name&inStock=true&limit=1") { page in
                if page == 0 { _ = try await shelf.change(products[0], ["name": "A0", "stock": 0]) }
            }
            #expect(items.compactMap { $0["name"]?.string } == ["a", "b", "c"])
        }
    }

    @Test(
        arguments: [
            ("colour=red", "colour"), ("Q=tea", "Q"), ("limit=1&limit=2", "limit"), ("limit=0", "limit"),
            ("limit=101", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"), ("cursor=", "cursor"),
            ("sort=stock", "sort"), ("sort=--name", "sort"), ("sort=", "sort"), ("minPrice=-1", "minPrice"),
            ("minPrice=1.5", "minPrice"), ("maxPrice=99999999999999999999", "maxPrice"), ("maxPrice=", "maxPrice"),
            ("currency=eur", "currency"), ("inStock=yes", "inStock"), ("inStock=", "inStock"),
        ])
    func `a parameter that is wrong or unknown is a 400 that names it`(query: String, name: String) async throws {
        try await withProductService { shelf in
            let reply = try await shelf.client.send(.get, "/api/products?\(query)")
            #expect(reply.status == 400)
            #expect(reply.body["detail"]?.string?.hasPrefix("\(name) ") == true)
        }
    }

    @Test func `every parameter that is wrong is named at once`() async throws {
        try await withProductService { shelf in
            let query = "sort=x&minPrice=-1&limit=0&cursor=x&colour=red"
            let reply = try await shelf.client.send(.get, "/api/products?\(query)")
            let detail = reply.body["detail"]?.string ?? ""
            for name in ["sort", "minPrice", "limit", "cursor", "colour"] { #expect(detail.contains("\(name) ")) }
        }
    }

    @Test func `the longest names are paged by name, with cursors as the document has them`() async throws {
        try await withProductService { shelf in
            let names = ["🫖", "👩", "🏴"].map { String(repeating: $0, count: 200) }
            for name in names { _ = try await shelf.offer(name) }
            // The fixture holds each nextCursor, and each cursor, against the document.
            let first = try await shelf.client.send(.get, "/api/products?sort=name&limit=1")
            #expect(try #require(first.body["nextCursor"]?.string).utf8.count > 1024)
            #expect(try await shelf.names("sort=name&limit=1") == names.sorted())
            #expect(try await shelf.names("sort=-name&limit=1") == names.sorted().reversed())
        }
    }

    @Test func `a forged cursor is refused or finds nothing wrong`() async throws {
        try await withProductService { shelf in
            for name in ["a", "b"] { _ = try await shelf.offer(name) }
            for order in ListTests.orders {
                let page = try await shelf.client.send(.get, "/api/products?sort=\(order)&limit=1")
                let token = try #require(page.body["nextCursor"]?.string)
                let list = try #require(ListCursor(token: token)).list
                let id = UUID().text
                for keys in [
                    [], [id], [id, "x"], ["x", "1"], [id, "1", "2"], [id, "'; DROP TABLE products"], ["", ""],
                ] {
                    let forged = ListCursor(list: list, keys: keys).token
                    let reply = try await shelf.client.send(.get, "/api/products?sort=\(order)&cursor=\(forged)")
                    #expect([200, 400].contains(reply.status))
                }
            }
            #expect(try await shelf.names("sort=name") == ["a", "b"])
        }
    }
}
