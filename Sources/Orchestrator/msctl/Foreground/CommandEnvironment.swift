import Manifest
import StateDirectory
import SystemPackage

/// What a command finds in its environment while the stack is up: its own caller's, and where the services are, in the
/// words in which services find each other.
enum CommandEnvironment {
    static func make(_ base: [String: String], _ project: Project, _ layout: StateLayout, _ endpoints: Endpoints)
        -> [String: String]
    {
        var environment = base
        environment["MSCTL_ENDPOINTS"] = layout.endpoints.string
        for service in project.services {
            guard let url = endpoints.services[service.name]?.first?.url else { continue }
            environment[EnvironmentName.from(service.name) + "_URL"] = url
        }
        return environment
    }
}
