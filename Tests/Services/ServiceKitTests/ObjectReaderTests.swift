import Foundation
import HTTPTypes
import ServiceKit
import Testing

@Suite struct ObjectReaderTests {
    @Test func `members that are not declared are refused beside all that is wrong, whoever asks for them`() {
        var reader = ObjectReader(
            ["role": "operator", "b": 1, "name": "", "x y": 1, "a": 1], declared: ["name", "size", "a"])
        #expect(reader.string("name", length: 1...10) == "")
        #expect(reader.optionalInteger("a", in: 2...3) == nil)
        #expect(reader.optionalString("role", length: 1...10) == nil)
        #expect(reader.integer("size", in: 1...2) == 1)
        let problem = #expect(throws: Problem.self) { try reader.finish() }
        #expect(problem?.status == .unprocessableContent)
        #expect(
            problem?.errors.map { "\($0.pointer) \($0.detail)" } == [
                "/name must have 1 to 10 characters", "/a must be between 2 and 3", "/size is required",
                "/b is not a known member", "/role is not a known member", " has a member that is not known",
            ])
    }

    private func violations(_ body: JSONValue, _ read: (inout ObjectReader) -> Void) -> [Violation] {
        var reader = ObjectReader(body)
        read(&reader)
        do {
            try reader.finish()
            return []
        } catch {
            #expect(error.status == .unprocessableContent)
            return error.errors
        }
    }

    @Test func `everything that is wrong is told at once with its pointer`() {
        let body: JSONValue = [
            "name": 1, "items": [["quantity": 0], ["quantity": 2, "price~/": 1], 7], "role": "operator",
        ]
        let found = violations(body) { reader in
            _ = reader.string("name", length: 1...10)
            _ = reader.uuid("id")
            _ = reader.objects("items", count: 1...5) { $0.integer("quantity", in: 1...9) }
        }
        #expect(
            found == [
                Violation(pointer: "/name", detail: "must be a string, not a number"),
                Violation(pointer: "/id", detail: "is required"),
                Violation(pointer: "/items/0/quantity", detail: "must be between 1 and 9"),
                Violation(pointer: "/items/1", detail: "has a member that is not known"),
                Violation(pointer: "/items/2", detail: "must be an object, not a number"),
                Violation(pointer: "/role", detail: "is not a known member"),
            ])
    }

    @Test(arguments: [[1], "text", 3, nil, true] as [JSONValue])
    func `a body that is no object has exactly one violation at the root`(body: JSONValue) {
        let found = violations(body) { _ in }
        #expect(found.map(\.pointer) == [""])
    }

    @Test(arguments: ["a\u{0}b", "a\u{1B}[31m", "line\nfeed", "\u{85}"])
    func `text has no control characters`(text: String) {
        #expect(violations(["name": .string(text)]) { _ = $0.string("name", length: 1...10) }.count == 1)
    }

    @Test func `length counts scalars so that stacked accents do not pass as one character`() {
        let stacked = "a" + String(repeating: "\u{301}", count: 50)
        #expect(violations(["name": .string(stacked)]) { _ = $0.string("name", length: 1...10) }.count == 1)
    }

    @Test func `absent optional members are no violation and null is`() {
        #expect(violations([:]) { _ = $0.optionalString("bio", length: 0...9) }.isEmpty)
        #expect(violations(["bio": nil]) { _ = $0.optionalString("bio", length: 0...9) }.count == 1)
    }

    @Test func `a member nobody knows is named only if it is a word`() {
        let found = violations(["a/b": ["~": 1], "nick_name": 1, "hunter2": 1, "": 1]) { reader in
            _ = reader.object("a/b") { $0.string("~", length: 1...2) }
        }
        #expect(
            found == [
                Violation(pointer: "/a~1b/~0", detail: "must be a string, not a number"),
                Violation(pointer: "", detail: "has a member that is not known"),
                Violation(pointer: "", detail: "has a member that is not known"),
                Violation(pointer: "/nick_name", detail: "is not a known member"),
            ])
    }

    @Test func `money is whole minor units and a currency code`() throws {
        var reader = ObjectReader(["price": ["amount": 1999, "currency": "EUR"]])
        let price = reader.money("price")
        let read: Money = try reader.finish(price)
        #expect(read.json == ["amount": 1999, "currency": "EUR"])
        for wrong in [
            ["amount": .number(19.99), "currency": "EUR"], ["amount": -1, "currency": "EUR"],
            ["amount": 1, "currency": "eur"],
        ] as [JSONValue] {
            #expect(violations(["price": wrong]) { _ = $0.money("price") }.count == 1)
        }
    }
}
