import ArgumentParser
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import msctl

@Suite struct ShopTests {
    @Test(
        arguments: [
            ("19.99", "EUR", 1999), ("19.9", "EUR", 1990), ("19", "EUR", 1900), ("0", "EUR", 0), ("500", "JPY", 500),
            ("1.234", "KWD", 1234), ("0.05", "USD", 5), ("92233720368547758.07", "EUR", Int64.max),
        ] as [(String, String, Int64)])
    func `an amount is read into minor units`(text: String, currency: String, amount: Int64) {
        #expect(Money(text, currency: currency) == Money(amount: amount, currency: currency))
    }

    @Test(arguments: [
        ("19.999", "EUR"), ("5.5", "JPY"), ("-1", "EUR"), ("", "EUR"), (".5", "EUR"), ("5.", "EUR"), ("1,5", "EUR"),
        ("1e3", "EUR"), ("92233720368547758.08", "EUR"), ("1", "eur"), ("1", "EURO"), ("1.2.3", "EUR"), ("٣", "EUR"),
    ])
    func `what is no amount is none`(text: String, currency: String) {
        #expect(Money(text, currency: currency) == nil)
    }

    @Test(
        arguments: [
            (1999, "EUR", "19.99 EUR"), (5, "EUR", "0.05 EUR"), (500, "JPY", "500 JPY"), (-1, "EUR", "-0.01 EUR"),
            (1234, "KWD", "1.234 KWD"),
        ] as [(Int64, String, String)])
    func `an amount is written for people`(amount: Int64, currency: String, text: String) {
        #expect(Money(amount: amount, currency: currency).description == text)
    }

    @Test func `an order's item is a product and how many of it`() {
        #expect(OrderItem(argument: "p:2") == OrderItem(product: "p", quantity: 2))
        #expect(OrderItem(argument: "p") == OrderItem(product: "p", quantity: 1))
        for wrong in ["p:0", "p:-1", "p:x", ":1", "p:1:2", "p:", ""] { #expect(OrderItem(argument: wrong) == nil) }
    }

    @Test func `an id stays one segment of the path`() {
        #expect(ShopRequest("GET", "api", "users", "../admin").target == "/api/users/..%2Fadmin")
        #expect(ShopRequest("GET", "api", "users", "..").target == "/api/users/%2E%2E")
        #expect(ShopRequest("GET", "api", "users", "a?x=1#é").target == "/api/users/a%3Fx%3D1%23%C3%A9")
        var list = ShopRequest("GET", "api", "users")
        list.query = [("limit", "5"), ("cursor", "a&b")]
        #expect(list.target == "/api/users?limit=5&cursor=a%26b")
    }

    @Test func `a body keeps its order and escapes its strings`() {
        let body = JSONBody.members([("name", .string("\"a\"\n")), ("none", nil), ("n", .array([.integer(1)]))])
        #expect(body.text == #"{"name":"\"a\"\n","n":[1]}"#)
    }

    @Test func `a change sends what it names and nothing else`() throws {
        #expect(try ProductChange(stock: 9).body(currency: "").text == #"{"stock":9}"#)
        #expect(
            try ProductChange(name: "Lamp", price: "5").body(currency: "EUR").text
                == #"{"name":"Lamp","price":{"amount":500,"currency":"EUR"}}"#)
        #expect(throws: CommandFailure.self) { try ProductChange(price: "5.555").body(currency: "EUR") }
    }

    @Test func `a session is kept for its own API only, readable by its owner only`() throws {
        let directory = TemporaryDirectory()
        let layout = StateLayout(projectDirectory: directory.path)
        let store = SessionStore(layout: layout)
        #expect(try store.read(.user, api: "project") == nil)
        let user = ShopUser(
            id: "1", username: "ada", email: "a@b", profile: nil, roles: nil, createdAt: nil)
        let session = Session(ShopSession(token: "t", refreshToken: nil, user: user), api: "project")
        try store.write(session, .user)
        #expect(try store.read(.user, api: "project") == session)
        #expect(try store.read(.user, api: "http://elsewhere") == nil)
        #expect(try store.read(.operator, api: "project") == nil)
        #expect(try fileMode(of: layout.root.appending("tokens").appending("user.json")) == 0o600)
        try store.removeAll()
        #expect(try store.read(.user, api: "project") == nil)
    }

    @Test func `a duration on the command line`() {
        #expect(DurationArgument(argument: "90s")?.duration == .seconds(90))
        #expect(DurationArgument(argument: "500ms")?.duration == .milliseconds(500))
        #expect(DurationArgument(argument: "1m30s")?.duration == .seconds(90))
        #expect(DurationArgument(argument: "2.5")?.duration == .milliseconds(2500))
        for wrong in ["", "s", "5x", "1m30", "-1s", "soon", "1.2.3s"] {
            #expect(DurationArgument(argument: wrong) == nil)
        }
    }
}
