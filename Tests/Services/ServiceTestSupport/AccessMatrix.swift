import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit

/// Who may do what, as a table that is written by hand and held against every route there is: each route asked by nobody, by
/// the owner of what it is about, by somebody else, by an operator, and by another service.
package struct AccessMatrix: Sendable {
    package enum Caller: Int, CaseIterable, Sendable {
        case nobody, owner, other, `operator`, service
    }

    /// `GET /api/things/:id` to one word for each caller: the status that refuses him, or `ok` for anything else.
    private let expected: [String: [String]]
    /// What a caller sends as `Authorization`; nil for nothing.
    private let authorization: @Sendable (Caller) throws -> String?
    /// The request's path for a route's.
    private let path: @Sendable (_ route: String) -> String

    package init(
        _ expected: KeyValuePairs<String, String>, path: @escaping @Sendable (_ route: String) -> String,
        authorization: @escaping @Sendable (Caller) throws -> String?
    ) {
        self.expected = Dictionary(expected.map { ($0.key, $0.value.split(separator: " ").map(String.init)) }) { $1 }
        self.path = path
        self.authorization = authorization
    }

    /// What is not as the table says; a route that is not in the table, too, and a line of it without a route.
    package func findings(_ routes: [Route], _ client: any TestClientProtocol) async throws -> [String] {
        let names = Set(routes.map(Self.name))
        var findings = Set(expected.keys).symmetricDifference(names).sorted().map {
            names.contains($0) ? "\($0) is not in the table" : "\($0) is in the table alone"
        }
        for route in routes {
            guard let words = expected[Self.name(route)], words.count == Caller.allCases.count else { continue }
            for caller in Caller.allCases {
                // The body is empty: whoever may come in is told that, and nothing is done.
                let reply = try await client.send(
                    route.method, path(route.path), [:], authorization: authorization(caller))
                let refusals = [401, 403, 404]
                let verdict = refusals.contains(reply.status) ? String(reply.status) : "ok"
                if verdict != words[caller.rawValue] {
                    findings.append(
                        "\(Self.name(route)) says \(reply.status) to \(caller), not \(words[caller.rawValue])")
                }
                if reply.status >= 500 { findings.append("\(Self.name(route)) fails for \(caller): \(reply.text)") }
            }
        }
        return findings
    }

    private static func name(_ route: Route) -> String { "\(route.method.rawValue) \(route.path)" }
}
