import Manifest
import StateDirectory

/// Who belongs to a service, and who depends on it: kept as instances come and go, because every event asks.
struct Neighbourhood {
    private var replicas: [String: Set<InstanceID>] = [:]
    /// Services that have ever named the key as a dependency; asking one too many does no harm.
    private var dependentsOf: [String: Set<String>] = [:]

    func instances(of service: String) -> Set<InstanceID> { replicas[service] ?? [] }
    func dependents(of service: String) -> Set<String> { dependentsOf[service] ?? [] }

    mutating func insert(_ id: InstanceID, _ service: Service) {
        replicas[id.service, default: []].insert(id)
        for dependency in service.dependsOn { dependentsOf[dependency.service, default: []].insert(service.name) }
    }

    mutating func remove(_ id: InstanceID) {
        replicas[id.service]?.remove(id)
        if replicas[id.service]?.isEmpty == true { replicas[id.service] = nil }
    }
}
