import Foundation

/// What the access log says of a request's path: as much as the shop itself has named.
///
/// People put into paths what belongs into a body, passwords too, and a log keeps it for everybody who reads logs. So a
/// segment is written if it is part of a route, an id, or one of the words that the route says may stand in the place of
/// its `**`. What else stands there, or in the place of a parameter, is not.
package struct LoggedPath: Sendable {
    /// By the route, as the router writes it.
    private let words: [String: Set<String>]

    /// - Parameter words: what may stand in the place of `**`, by the route.
    package init(words: [String: Set<String>] = [:]) {
        self.words = words
    }

    /// nil when the path matched no `route`. There, none of its text is ours.
    ///
    /// - Parameter route: as the router writes it, `/api/users/{id}`; `**` stands for the rest.
    package func text(of path: String, route: String?) -> String? {
        guard let route else { return nil }
        return isNamed(path, by: route) ? path : spelled(path, by: route)
    }

    /// Whether the shop has named all of `path`, so that it is written as it is; false where that takes a closer look.
    private func isNamed(_ path: String, by route: String) -> Bool {
        var (path, template) = (path, route)
        return path.withUTF8 { path in
            template.withUTF8 { template in
                var end = 0
                var patternEnd = 0
                while end < path.count {
                    // A segment without its slash; one that is empty is left out of what is written.
                    guard path[end] == Self.slash, let segment = Self.segment(of: path, from: end + 1),
                        let pattern = Self.segment(of: template, from: patternEnd + 1)
                    else { return false }
                    end = segment.endIndex
                    if pattern.elementsEqual("**".utf8) {
                        guard Self.isUUID(segment) || isWord(segment, of: route) else { return false }
                    } else {
                        guard segment.elementsEqual(pattern) || Self.isUUID(segment) else { return false }
                        patternEnd = pattern.endIndex
                    }
                }
                return !path.isEmpty
            }
        }
    }

    private typealias Segment = Slice<UnsafeBufferPointer<UInt8>>

    private static let slash = UInt8(ascii: "/")

    /// Up to the next slash; nil when it is empty, or has what makes another character of a slash before it.
    private static func segment(of path: UnsafeBufferPointer<UInt8>, from start: Int) -> Segment? {
        var end = start
        while end < path.count, path[end] != slash {
            guard path[end] < 0x80 else { return nil }
            end += 1
        }
        return end > start ? path[start..<end] : nil
    }

    private static func isUUID(_ segment: Segment) -> Bool {
        segment.count == 36 && UUID(utf8: segment) != nil
    }

    private func isWord(_ segment: Segment, of route: String) -> Bool {
        words[route]?.contains(String(decoding: segment, as: UTF8.self)) ?? false
    }

    /// Segment by segment, with something else in the place of what the shop has not named.
    private func spelled(_ path: String, by route: String) -> String {
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
