import SystemPackage

/// What reading needs to know of the world.
struct ReadingContext {
    let load: LoadContext
    /// What a service works in, and builds in, when it does not say where.
    let directory: FilePath
    /// What names without a value in `environment` are taken from.
    let variables: Variables

    var findings: Findings { load.findings }

    func shown(_ path: String) -> FilePath { load.shown(FilePath(path)) }
}

/// A value together with the place that problems with it are told at.
struct Placed<Value> {
    var value: Value
    var place: Place
}

/// A project as read, before its parts are checked against each other.
struct ProjectDraft {
    var name: String?
    var services: [ServiceDraft] = []
    var secrets: [Placed<Secret>] = []
}

/// A service as read, with the places that checks across services name.
struct ServiceDraft {
    var service: Service
    var place: Place
    var profiles: [String] = []
    var ports: [Placed<PortSpec>] = []
    var sockets: [Placed<SocketSpec>] = []
    var dependencies: [Placed<Dependency>] = []
    var secrets: [Placed<String>] = []
    /// The places of the probes that ask a port which they do not name.
    var portlessProbes: [Placed<String>] = []
}
