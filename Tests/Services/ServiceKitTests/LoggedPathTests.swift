import Foundation
import HTTPTypes
import ServiceKit
import Testing

@Suite struct LoggedPathTests {
    private static let routes = ["/", "/accounts", "/accounts/{id}", "/api/users/**", "/api/x/**", "/{a}/b/{c}/d"]
    private static let words: Set<String> = ["login", "me", "e\u{301}"]

    /// The rule as one would say it.
    private func text(of path: String, route: String) -> String {
        var patterns = route.split(separator: "/").map(String.init)
        var written: [String] = []
        for segment in path.split(separator: "/").map(String.init) {
            guard let pattern = patterns.first else {
                written.append("…")
                break
            }
            let isID = UUID(text: segment) != nil
            if pattern == "**" {
                let isWord = route == "/api/users/**" && Self.words.contains(segment)
                written.append(isID || isWord ? segment : "…")
            } else {
                patterns.removeFirst()
                written.append(isID || segment == pattern ? segment : pattern)
            }
        }
        return "/" + written.joined(separator: "/")
    }

    @Test func `any path is written as the rule says`() {
        let paths = LoggedPath(words: ["/api/users/**": Self.words])
        let segments = [
            "accounts", "api", "users", "x", "b", "d", "login", "me", "hunter2", "", "…", "**", "{id}", "\u{301}",
            "\u{E9}",
            "\r\n", "\u{0}", "Accounts", "accountss", "account", UUID().uuidString, UUID().uuidString.lowercased(),
            UUID().uuidString + "0", UUID().uuidString.replacing("-", with: "0"),
        ]
        var whole = 0
        for _ in 0..<30_000 {
            guard let route = Self.routes.randomElement() else { continue }
            // Most follow the route for a while.
            var parts = route.split(separator: "/").map(String.init).map { part in
                part.hasPrefix("{") || part == "**" ? UUID().uuidString : part
            }
            for _ in 0..<Int.random(in: 0...2) {
                parts.insert(segments.randomElement() ?? "", at: Int.random(in: 0...parts.count))
            }
            if Bool.random() { parts.removeLast(min(parts.count, 1)) }
            let path = (Int.random(in: 0..<9) == 0 ? "" : "/") + parts.joined(separator: "/")
            let expected = text(of: path, route: route)
            let written = paths.text(of: path, route: route)
            #expect(written.map { Array($0.utf8) } == Array(expected.utf8), "\(path) on \(route)")
            if expected == path { whole += 1 }
        }
        #expect((3000...27_000).contains(whole))
    }
}
