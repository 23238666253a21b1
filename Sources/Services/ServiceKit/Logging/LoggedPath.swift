import Foundation

/// What the access log says of a request's path: as much as the shop itself has named.
///
/// People put into paths what belongs into a body, passwords too, and a log keeps it for everybody who reads logs. So a
/// segment is written if it is part of a route or an id; what else stands in the place of a parameter is not.
package enum LoggedPath {
    /// nil when the path matched no `route`. There, none of its text is ours.
    ///
    /// - Parameters:
    ///   - route: as the router writes it, `/api/users/{id}`; `**` stands for the rest.
    ///   - status: of the answer; behind `**` somebody else knows the paths, and a 404 says that this one is none.
    package static func text(of path: String, route: String?, status: Int) -> String? {
        guard let route else { return nil }
        var text = ""
        var template = route.split(separator: "/")[...]
        for segment in path.split(separator: "/") {
            guard let pattern = template.first else { return text + "/…" }
            if pattern != "**" { template.removeFirst() }
            text += "/" + written(segment, for: pattern, isKnown: ![400, 404, 405].contains(status))
        }
        return text.isEmpty ? "/" : text
    }

    private static func written(_ segment: Substring, for pattern: Substring, isKnown: Bool) -> String {
        if segment == pattern { return String(segment) }
        if UUID(text: segment) != nil { return String(segment) }
        if pattern == "**" { return isKnown && isWord(segment) ? String(segment) : "…" }
        return String(pattern)
    }

    /// Letters and hyphens, as the names of resources and actions are.
    private static func isWord(_ segment: Substring) -> Bool {
        (1...24).contains(segment.utf8.count)
            && segment.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
    }
}
