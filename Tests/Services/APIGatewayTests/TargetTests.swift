import HummingbirdCore
import ServiceKit
import Testing

@testable import api_gateway

@Suite struct TargetTests {
    @Test(arguments: [
        ("/api/users", "/api/users"), ("/api/users/", "/api/users/"), ("/api/%75sers/%7e", "/api/users/~"),
        ("/api/users/a%20b%c3%a4", "/api/users/a%20b%C3%A4"), ("/api/users?q=../%2f&a=b|c&d=%zz", nil),
        ("/api/products/x;v=1/@a:b", "/api/products/x;v=1/@a:b"), ("/api/users/%252e%252e", "/api/users/%252e%252e"),
    ])
    func `a path has one spelling`(target: String, expected: String?) throws {
        let parsed = try RequestTarget(URI(target))
        #expect(parsed.text == expected ?? "/api/users?q=../%2f&a=b%7Cc&d=%25zz")
    }

    @Test(arguments: [
        "/api/users/..", "/api/users/../orders", "/api/./users", "/api/users/%2e%2E/x", "/api/users/.%2e",
        "/api//users",
        "/api/users/a%2fb", "/api/users/a%2Fb", "/api/users/a%5cb", "/api/users/a%00", "/api/users/a%0d%0a",
        "/api/users/%", "/api/users/%2", "/api/users/%zz", "/api/users/a\\b", "/api/users/a#b", "/api/users/\u{e4}",
        "*",
    ])
    func `a path that can be read in two ways is refused`(target: String) {
        #expect(throws: Problem.self) { try RequestTarget(URI(target)) }
    }
}
