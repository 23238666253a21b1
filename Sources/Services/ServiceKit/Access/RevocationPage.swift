/// What the user-service answers to `GET /internal/revocations/:since`: sessions in the order in which they were ended,
/// `{items: [{session, expiresIn}], next, hasMore}`.
package struct RevocationPage: Sendable {
    package let sessions: [(id: String, remaining: Duration)]
    /// The number to ask with next.
    package let next: Int64
    package let hasMore: Bool

    /// - Parameter sessions: with the time in which their last access token expires.
    package init(sessions: [(id: String, remaining: Duration)], next: Int64, hasMore: Bool) {
        self.sessions = sessions
        self.next = next
        self.hasMore = hasMore
    }

    /// nil when it is no such page.
    package init?(_ body: JSONValue) {
        guard let items = body["items"]?.array, let next = body["next"]?.integer,
            case .bool(let hasMore)? = body["hasMore"]
        else { return nil }
        var sessions: [(id: String, remaining: Duration)] = []
        for item in items {
            guard let id = item["session"]?.string, let seconds = item["expiresIn"]?.integer,
                (0...86_400).contains(seconds)
            else { return nil }
            sessions.append((id: id, remaining: .seconds(seconds)))
        }
        self.init(sessions: sessions, next: next, hasMore: hasMore)
    }
}

extension RevocationPage: JSONRepresentable {
    package var json: JSONValue {
        let items = sessions.map { session in
            [
                "session": .string(session.id),
                // Rounded up: forgotten late rather than early.
                "expiresIn": .integer(session.remaining.components.seconds + 1),
            ] as JSONValue
        }
        return ["items": .array(items), "next": .integer(next), "hasMore": .bool(hasMore)]
    }
}
