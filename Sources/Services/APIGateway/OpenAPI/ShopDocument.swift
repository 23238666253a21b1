import Hummingbird
import ServiceKit

/// `/openapi.json` of the whole shop: what each service says of its own routes, so that it is what the instances that
/// answer now can do. It is asked for again after a moment, not for each client, and not of a service that is given a rest.
actor ShopDocument {
    struct Service: Sendable {
        let neighbour: Neighbour
        let protection: UpstreamProtection

        init(_ neighbour: Neighbour, _ protection: UpstreamProtection) {
            self.neighbour = neighbour
            self.protection = protection
        }
    }

    /// For how long an answer is good.
    private static let interval = Duration.seconds(2)

    /// In the order in which their parts are taken.
    private let services: [Service]
    private let now: @Sendable () -> ContinuousClock.Instant
    private var latest: (document: JSONValue, end: ContinuousClock.Instant)?
    private var asking: Task<JSONValue, Never>?

    init(services: [Service], now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.services = services
        self.now = now
    }

    nonisolated var routes: [Route] {
        [
            .get(OpenAPIDocument.path, access: .anyone) { _, _ in .json(.ok, await self.document()) }
        ]
    }

    /// Whoever comes while the services are being asked waits for the same answer.
    private func document() async -> JSONValue {
        if let latest, now() < latest.end { return latest.document }
        if let asking { return await asking.value }
        let task = Task { [services] in
            // It is everybody's, and not only for as long as the first client waits.
            await CallDeadline.$current.withValue(nil) { await Self.merged(services) }
        }
        asking = task
        let document = await task.value
        asking = nil
        latest = (document, now().advanced(by: Self.interval))
        return document
    }

    private static func merged(_ services: [Service]) async -> JSONValue {
        let parts = await withTaskGroup(of: (String, JSONValue?).self) { group in
            for service in services { group.addTask { (service.neighbour.name, await part(of: service)) } }
            return await group.reduce(into: [String: JSONValue]()) { parts, part in parts[part.0] = part.1 }
        }
        let names = services.map(\.neighbour.name)
        var merged = MergedOpenAPI(title: "shop")
        for name in names {
            if let part = parts[name] { merged.add(part) }
        }
        return merged.json(missing: names.filter { parts[$0] == nil })
    }

    /// nil when the service does not answer, or is not asked. It is not said to the circuit breaker: there are few of these
    /// calls, and they say nothing of those that matter.
    private static func part(of service: Service) async -> JSONValue? {
        guard let pass = try? service.protection.admit() else { return nil }
        defer { pass.place.end() }
        guard case .answer(let reply) = await service.neighbour.send(.get, ["openapi.json"]) else { return nil }
        return reply.body
    }
}
