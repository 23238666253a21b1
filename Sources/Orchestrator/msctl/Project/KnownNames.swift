import Manifest
import StateDirectory

/// The names that a project answers to on the command line: of its services, and of the instances that it has.
struct KnownNames {
    let project: String
    let services: [String]
    let instances: [InstanceID]

    init(project: String, services: [String], instances: [InstanceID] = []) {
        self.project = project
        self.services = services
        self.instances = instances
    }

    /// As the state directory has them: of what was last wanted, and of what is there.
    static func read(_ layout: StateLayout) throws(CommandFailure) -> KnownNames {
        let reader = StateReader(layout: layout)
        let statuses = try CommandFailure.reading { () throws(StateError) in try reader.storedStatuses() }
        let project = try CommandFailure.reading { () throws(StateError) in try reader.project() }
        return KnownNames(project, instances: statuses.map(\.instance), layout: layout)
    }

    /// - Parameter project: nil before the first `up`.
    init(_ project: Project?, instances: [InstanceID], layout: StateLayout) {
        var services = project?.services.map(\.name) ?? []
        for name in Set(instances.map(\.service)).sorted() where !services.contains(name) { services.append(name) }
        self.init(
            project: project?.name ?? layout.directoryName,
            services: services, instances: instances.sorted())
    }

    /// Refuses names that neither a service nor an instance has.
    func check(_ names: [String]) throws(CommandFailure) {
        for name in names where !services.contains(name) && !instances.contains(where: { "\($0)" == name }) {
            throw refusal(of: name)
        }
    }

    /// Refuses names that no service has.
    func checkServices(_ names: [String]) throws(CommandFailure) {
        for name in names where !services.contains(name) { throw refusal(of: name) }
    }

    private func refusal(of name: String) -> CommandFailure {
        if let instance = InstanceID(name), services.contains(instance.service) {
            let siblings = instances.filter { $0.service == instance.service }.map(\.description)
            return siblings.contains(name)
                ? .usage("'\(name)' is an instance; this takes services", hint: "try '\(instance.service)'")
                : .usage(
                    "there is no instance '\(name)' in \(project)",
                    hint: siblings.isEmpty
                        ? "none of \(instance.service) is there; see 'msctl status'"
                        : "there is \(siblings.joined(separator: ", "))")
        }
        let hint =
            services.isEmpty
            ? "nothing has been started here; try 'msctl up'"
            : NearestWord.hint(for: name, in: services + instances.map(\.description))
                ?? "it has \(services.joined(separator: ", "))"
        return .usage("there is no service '\(name)' in \(project)", hint: hint)
    }
}

extension Collection<String> {
    /// Whether an instance is meant by names of services and instances; no names mean all.
    func means(_ instance: InstanceID) -> Bool {
        isEmpty || contains(instance.service) || contains(instance.description)
    }
}
