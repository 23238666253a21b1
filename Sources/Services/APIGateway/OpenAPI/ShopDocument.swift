import Hummingbird
import ServiceKit

/// `/openapi.json` of the whole shop: what each service says of its own routes, asked anew each time, so that it is what the
/// instances that answer now can do.
struct ShopDocument: Sendable {
    /// In the order in which their parts are taken.
    let services: [Neighbour]

    var routes: [Route] {
        [
            .get(OpenAPIDocument.path, access: .anyone) { _, _ in
                .json(.ok, await document(), headers: [.cacheControl: "no-cache"])
            }
        ]
    }

    private func document() async -> JSONValue {
        let parts = await withTaskGroup(of: (String, JSONValue?).self) { group in
            for service in services {
                group.addTask {
                    guard case .answer(let reply) = await service.send(.get, ["openapi.json"]) else {
                        return (service.name, nil)
                    }
                    return (service.name, reply.body)
                }
            }
            return await group.reduce(into: [String: JSONValue]()) { parts, part in parts[part.0] = part.1 }
        }
        var merged = MergedOpenAPI(title: "shop")
        for service in services {
            if let part = parts[service.name] { merged.add(part) }
        }
        return merged.json(missing: services.map(\.name).filter { parts[$0] == nil })
    }
}
