import CLinux
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// Everything a service finds in its environment: a minimal base, what msctl gives every service, and over it what the
/// manifest says. Nothing of the daemon's own environment gets through but PATH, HOME, LANG and TZ.
enum LaunchEnvironment {
    static func make(
        service: Service, instance: InstanceID, run: Int, port: UInt16?, sockets: [PassedSocket],
        credentials: Credentials?, project: Project, layout: StateLayout, portOf: (String) -> UInt16?
    ) -> [String: String] {
        var given: [String: String] = [:]
        for name in ["PATH", "HOME", "LANG", "TZ"] {
            given[name] = getenv(name).map { String(cString: $0) }
        }
        if let credentials { given.merge(credentials.variables) { _, user in user } }
        given["PATH"] = given["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        given["SERVICE_NAME"] = service.name
        given["SERVICE_INSTANCE"] = instance.description
        given["MSCTL_DATA_DIR"] = layout.data(of: service.name).string
        given["MSCTL_ENDPOINTS"] = layout.endpoints.string
        given[ProcessTable.markVariable] = ProcessTable.mark(
            stateRoot: layout.root, instance: instance.description, run: run)
        if let port { given["PORT"] = String(port) }
        if !sockets.isEmpty {
            given["LISTEN_FDS"] = String(sockets.count)
            given["LISTEN_FDNAMES"] = sockets.map(\.name).joined(separator: ":")
            // Only the process itself knows its number: the shim's child writes it over this.
            given["LISTEN_PID"] = "0000000000"
        }
        for dependency in service.dependsOn {
            guard let port = portOf(dependency.service) else { continue }
            given[EnvironmentName.from(dependency.service) + "_URL"] = "http://127.0.0.1:\(port)"
        }
        for secret in project.secrets where service.secrets.contains(secret.name) {
            switch secret.source {
            case .generated where credentials != nil, .environment where credentials != nil:
                given[secret.variable] = layout.credentials(of: service.name).appending(secret.name).string
            case .generated, .environment: given[secret.variable] = layout.secret(secret.name).string
            case .file(let path): given[secret.variable] = path
            }
        }
        let known = given
        return given.merging(service.environment.mapValues { expand($0, known) }) { _, manifest in manifest }
    }

    /// Puts values for the names that only a launch knows (``Service/launchVariables``), written `${NAME}`.
    static func expand(_ text: String, _ values: [String: String]) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            let after = rest[start.upperBound...]
            guard let end = after.firstIndex(of: "}"), Service.launchVariables.contains(String(after[..<end])) else {
                result += "${"
                rest = after
                continue
            }
            result += values[String(after[..<end])] ?? ""
            rest = after[after.index(after: end)...]
        }
        return result + rest
    }
}
