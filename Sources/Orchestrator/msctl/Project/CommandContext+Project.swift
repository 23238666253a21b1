import Manifest
import StateDirectory
import SystemPackage

extension CommandContext {
    /// The project as its manifests say it now; what is odd about them is told.
    func project() throws(CommandFailure) -> Project {
        let loader = ManifestLoader(
            projectDirectory: projectDirectory, files: files, profiles: profiles, environment: environment,
            currentDirectory: currentDirectory)
        do {
            let loaded = try loader.load()
            for warning in loaded.warnings { console.talk(console.errorStyle.yellow("warning: ") + "\(warning)") }
            return loaded.project
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Where the project's state is. No manifest is parsed.
    func layout() throws(CommandFailure) -> StateLayout {
        do {
            let location = try ProjectLocator.find(
                projectDirectory: projectDirectory, files: files, environment: environment,
                currentDirectory: currentDirectory)
            return StateLayout(projectDirectory: location.directory)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension StateLayout {
    init(_ project: Project) { self.init(projectDirectory: FilePath(project.directory)) }

    /// What a project is called before anything is known of it.
    var directoryName: String { root.removingLastComponent().lastComponent?.string ?? "" }
}

extension Project {
    /// The named services and everything they depend on, in manifest order; all for no names.
    func closure(of names: [String]) throws(CommandFailure) -> [Service] {
        try check(names)
        guard !names.isEmpty else { return services }
        var wanted: Set<String> = []
        var pending = names
        while let name = pending.popLast() {
            guard wanted.insert(name).inserted else { continue }
            pending += self[service: name]?.dependsOn.map(\.service) ?? []
        }
        return services.filter { wanted.contains($0.name) }
    }

    /// Refuses names that no service has.
    func check(_ names: [String]) throws(CommandFailure) {
        try KnownNames(project: name, services: services.map(\.name)).checkServices(names)
    }

    /// The project with other numbers of replicas; what is not named stays.
    func scaled(_ replicas: [ReplicaArgument]) throws(CommandFailure) -> Project {
        try check(replicas.map(\.service))
        var project = self
        for index in project.services.indices {
            let service = project.services[index]
            guard let wanted = replicas.last(where: { $0.service == service.name }) else { continue }
            if wanted.replicas > 1, let socket = service.sockets.first(where: \.isUnix) {
                throw .failed(
                    "the replicas of \(service.name) would share the path of its socket '\(socket.name)'",
                    hint: "give the socket a port in the manifest")
            }
            project.services[index].replicas = wanted.replicas
        }
        return project
    }
}

extension SocketSpec {
    fileprivate var isUnix: Bool {
        if case .unix = address { true } else { false }
    }
}
