import Foundation

/// What the access log says of a request's path: as much as the shop itself has named.
///
/// People put into paths what belongs into a body, passwords too, and a log keeps it for everybody who reads logs. So a
/// segment is written if it is part of a route, an id, or one of the words that the route says may stand in the place of
/// its `**`. What else stands there, or in the place of a parameter, is not.
package struct LoggedPath: Sendable {
    /// By the route, as the router writes it.
    private let words: [String: Set<String>]

    package init(_ routes: [Route]) {
        words = Dictionary(routes.filter { !$0.words.isEmpty }.map { ($0.path, $0.words) }) { $0.union($1) }
    }

    /// nil when the path matched no `route`. There, none of its text is ours.
    ///
    /// - Parameter route: as the router writes it, `/api/users/{id}`; `**` stands for the rest.
    package func text(of path: String, route: String?) -> String? {
        guard let route else { return nil }
        var text = ""
        var template = route.split(separator: "/")[...]
        for segment in path.split(separator: "/") {
            guard let pattern = template.first else { return text + "/…" }
            text += "/"
            if pattern == "**" {
                let isKnown = words[route]?.contains(String(segment)) ?? false || UUID(text: segment) != nil
                text += isKnown ? segment : "…"
            } else {
                template.removeFirst()
                text += segment == pattern || UUID(text: segment) != nil ? segment : pattern
            }
        }
        return text.isEmpty ? "/" : text
    }
}
