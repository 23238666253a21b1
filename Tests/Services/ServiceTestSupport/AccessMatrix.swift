import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit

/// Who may do what, as a table that is written by hand and held against every route there is and against its rule: each
/// route asked by nobody, by the owner of what it is about, by somebody else, by an operator, and by another service.
/// Each path is asked with the methods that it does not have as well.
package struct AccessMatrix: Sendable {
    package enum Caller: Int, CaseIterable, Sendable {
        case nobody, owner, other, `operator`, service
    }

    private struct Resource: Hashable {
        let method: HTTPRequest.Method
        let path: String

        var name: String { "\(method.rawValue) \(path)" }
    }

    /// Those that every service has beside its own, which answer 200 to everybody.
    private static let standard = ["/health", "/livez", "/readyz", "/metrics", "/openapi.json"]
        .map { Resource(method: .get, path: $0) }

    /// `GET /api/things/:id` to the status that each caller gets who sends an empty object.
    private let expected: [String: String]
    /// What a caller sends as `Authorization`; nil for nothing.
    private let authorization: @Sendable (Caller) throws -> String?
    /// The request's path for a route's.
    private let path: @Sendable (_ route: String) -> String

    package init(
        _ expected: KeyValuePairs<String, String>, path: @escaping @Sendable (_ route: String) -> String,
        authorization: @escaping @Sendable (Caller) throws -> String?
    ) {
        self.expected = Dictionary(
            expected.map { ($0.key, $0.value) } + Self.standard.map { ($0.name, "200 200 200 200 200") }
        ) { $1 }
        self.path = path
        self.authorization = authorization
    }

    /// What is not as the table says; a route that is not in the table, too, and a line of it without a route or without a
    /// status for each caller.
    package func findings(_ routes: [Route], _ client: any TestClientProtocol) async throws -> [String] {
        let resources = routes.map { Resource(method: $0.method, path: $0.path) } + Self.standard
        let names = Set(resources.map(\.name))
        var findings = Set(expected.keys).symmetricDifference(names).sorted().map {
            names.contains($0) ? "\($0) is not in the table" : "\($0) is in the table alone"
        }
        for route in routes { findings += contradictions(of: route) }
        for resource in resources {
            let words = (expected[resource.name] ?? "").split(separator: " ")
            let statuses = words.compactMap { Int($0) }
            guard words.count == Caller.allCases.count, statuses.count == words.count else {
                findings.append("the line of \(resource.name) is not a status for each caller")
                continue
            }
            for caller in Caller.allCases {
                findings += try await ask(client, for: resource, as: caller, expecting: statuses[caller.rawValue])
            }
        }
        for route in routes { findings += try await writeStrangers(client, to: route) }
        for (path, resources) in Dictionary(grouping: resources, by: \.path).sorted(by: { $0.key < $1.key }) {
            findings += try await askForOthers(client, at: path, having: Set(resources.map(\.method)))
        }
        return findings
    }

    /// Where the table lets in whom the route's rule does not, or refuses whom it lets in.
    private func contradictions(of route: Route) -> [String] {
        let name = Resource(method: route.method, path: route.path).name
        let words = (expected[name] ?? "").split(separator: " ").map(String.init)
        return zip(Caller.allCases, words).compactMap { caller, status in
            let refusal = route.access.refusal(of: caller, at: route.path).map(String.init)
            let contradicts = refusal.map { $0 != status } ?? ["401", "403"].contains(status)
            return contradicts ? "\(name) has \(status) for \(caller), and its rule \(refusal ?? "lets in")" : nil
        }
    }

    /// HEAD is answered as GET, without a body.
    private func ask(
        _ client: any TestClientProtocol, for resource: Resource, as caller: Caller, expecting status: Int
    ) async throws -> [String] {
        var findings: [String] = []
        for method in resource.method == .get ? [.get, .head] : [resource.method] {
            let reply = try await client.send(
                method, path(resource.path), [:], authorization: authorization(caller))
            if reply.status != status {
                findings.append(
                    "\(method.rawValue) \(resource.path) says \(reply.status) to \(caller), not \(status): \(reply.text)"
                )
            }
            if method == .head, !reply.text.isEmpty {
                findings.append("HEAD \(resource.path) has a body for \(caller)")
            }
        }
        return findings
    }

    /// Whoever may come in may write the members that the route declares and no others; who may not is told that alone.
    private func writeStrangers(_ client: any TestClientProtocol, to route: Route) async throws -> [String] {
        guard let writable = route.writable else { return [] }
        let name = Resource(method: route.method, path: route.path).name
        let stranger = "notDeclared"
        let body = JSONValue.object((writable.sorted() + [stranger]).map { .init($0, [:]) })
        var findings: [String] = []
        for caller in Caller.allCases {
            let reply = try await client.send(
                route.method, path(route.path), body, authorization: authorization(caller), headers: [.ifMatch: "*"])
            let refusal = route.access.refusal(of: caller, at: route.path)
            let errors = reply.body["errors"]?.array ?? []
            let unknown = errors.filter { $0["detail"] == "is not a known member" }.map { $0["pointer"]?.string ?? "" }
            if reply.status != refusal ?? 422 || unknown != (refusal == nil ? ["/\(stranger)"] : []) {
                findings.append("\(name) says \(reply.status) \(unknown) to \(caller) who writes what is not declared")
            }
        }
        return findings
    }

    /// The methods that a path does not have are a 405 that names those it has, whoever asks.
    private func askForOthers(
        _ client: any TestClientProtocol, at path: String, having methods: Set<HTTPRequest.Method>
    ) async throws -> [String] {
        var findings: [String] = []
        let has = HTTPRequest.Method.known.filter { methods.contains($0) || ($0 == .head && methods.contains(.get)) }
        let allowed = has.map(\.rawValue).joined(separator: ", ")
        for method in HTTPRequest.Method.known where !has.contains(method) {
            for caller in Caller.allCases {
                let reply = try await client.send(method, self.path(path), [:], authorization: authorization(caller))
                if reply.status != 405 || reply.headers[.allow] != allowed {
                    findings.append(
                        "\(method.rawValue) \(path) says \(reply.status), Allow \(reply.headers[.allow] ?? "nothing") to "
                            + "\(caller), not 405, Allow \(allowed)")
                }
            }
        }
        return findings
    }
}
