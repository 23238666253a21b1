import Manifest
import StateDirectory

/// Services and what each waits for, with the step in which each may start.
struct ServiceGraph {
    struct Node {
        let service: Service
        /// The longest way from a service that waits for nothing: 0 starts at once, 1 after those of 0.
        let hop: Int
        /// What it waits for, as far as it is part of the graph, in the order of the manifest.
        let dependencies: [Dependency]
        /// Its instances, if anything runs or has run.
        let instances: [InstanceStatus]
    }

    let project: String
    /// In the order of the manifests.
    let nodes: [Node]

    /// - Parameter services: those to show, of `project`; what they depend on is shown if it is among them.
    init(_ project: Project, services: [Service], statuses: [InstanceStatus]) {
        self.project = project.name
        let names = Set(services.map(\.name))
        var hops: [String: Int] = [:]
        for service in services { _ = Self.hop(of: service, in: project, names, &hops, above: []) }
        nodes = services.map { service in
            Node(
                service: service, hop: hops[service.name] ?? 0,
                dependencies: service.dependsOn.filter { names.contains($0.service) },
                instances: statuses.filter { $0.instance.service == service.name })
        }
    }

    /// A loaded project has no cycle; what is `above` ends one all the same.
    private static func hop(
        of service: Service, in project: Project, _ names: Set<String>, _ known: inout [String: Int],
        above: Set<String>
    ) -> Int {
        if let hop = known[service.name] { return hop }
        var hop = 0
        for dependency in service.dependsOn where names.contains(dependency.service) {
            guard !above.contains(dependency.service), let next = project[service: dependency.service] else { continue }
            hop = max(hop, 1 + Self.hop(of: next, in: project, names, &known, above: above.union([service.name])))
        }
        known[service.name] = hop
        return hop
    }

    subscript(name: String) -> Node? { nodes.first { $0.service.name == name } }

    /// The services that start after `name` and nothing that starts later: each service has one such place, so together
    /// they are a tree. nil gives those that wait for nothing.
    func children(of name: String?) -> [Node] {
        nodes.filter { parent(of: $0) == name }.sorted { $0.hop < $1.hop }
    }

    /// The last of its dependencies to start; of several, the first that the manifest names.
    private func parent(of node: Node) -> String? {
        let last = node.dependencies.filter { self[$0.service]?.hop == node.hop - 1 }
        return last.first?.service
    }
}

extension ServiceGraph.Node {
    /// What its instances are at, as one phrase: `running (healthy)`, `2 running (healthy), 1 backoff`; nil when it has
    /// none.
    var state: String? {
        guard instances.count != 1 else { return instances[0].words }
        var order: [String] = []
        var counts: [String: Int] = [:]
        for words in instances.map(\.words) {
            if counts[words] == nil { order.append(words) }
            counts[words, default: 0] += 1
        }
        return order.isEmpty ? nil : order.map { "\(counts[$0] ?? 0) \($0)" }.joined(separator: ", ")
    }

    /// That of the instance that is worst off.
    var tone: Tone {
        let tones = instances.map(\.tone)
        return [Tone.ill, .busy, .well].first { tones.contains($0) } ?? .idle
    }
}

extension InstanceStatus {
    fileprivate var words: String { health == .none ? state.rawValue : "\(state.rawValue) (\(health.rawValue))" }
}

extension Dependency {
    /// What is waited for, in a word.
    var word: String {
        switch condition {
        case .started: "started"
        case .healthy: "healthy"
        case .completedSuccessfully: "completed"
        }
    }
}
