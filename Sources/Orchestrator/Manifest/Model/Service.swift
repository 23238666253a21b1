/// One service as its manifest describes it. The defaults here are the manifest's defaults.
package struct Service: Sendable, Hashable, Codable {
    package var name: String
    package var build: Build?
    /// Program and arguments; never empty in a loaded project. A program without `/` is looked up in the build's output,
    /// then on `PATH`.
    package var command: [String]
    /// Absolute; the project's directory by default.
    package var workingDirectory: String
    /// What the manifest gives (env files first, `environment:` over them). `${MSCTL_DATA_DIR}` and other `MSCTL_…`
    /// variables in values are resolved when an instance is launched; see ``launchVariables``.
    package var environment: [String: String] = [:]
    package var ports: [PortSpec] = []
    package var dependsOn: [Dependency] = []
    /// Readiness: whether it may be used. `ready_on: { log: REGEX }` alone is a log probe here.
    package var healthcheck: Probe?
    /// Whether it has come up; the other two probes begin when this one has passed. With a healthcheck, `ready_on` is this.
    package var startup: Probe?
    /// Whether it must be restarted.
    package var liveness: Probe?
    package var restart: RestartPolicy = RestartPolicy()
    /// Number of the signal that asks the service to stop.
    package var stopSignal: Int32 = 15
    package var stopGracePeriod: Duration = .seconds(10)
    package var replicas: Int = 1
    package var secrets: [String] = []
    /// How changed or restarted instances are replaced.
    package var update: UpdatePolicy = UpdatePolicy()
    /// Listening sockets that msctl opens and keeps, handed over by the LISTEN_FDS protocol of sd_listen_fds(3), in order.
    package var sockets: [SocketSpec] = []
    /// Who runs it, as the manifest says: `USER`, `USER:GROUP`, `UID` or `UID:GID`; msctl's own user when nil.
    package var user: String?
    /// Further groups, by name or number; only with rights to change them.
    package var groups: [String] = []
    /// The file mode mask, 0 to 0o777; msctl's own (0o077) when nil.
    package var umask: UInt16?
    package var limits: ResourceLimits = ResourceLimits()
    /// `develop.watch`: what to do when files change.
    package var watch: [WatchRule] = []
    package var logs: LogRetention = LogRetention()
    /// Names that may stand as `${NAME}` in `environment` and `command` without being interpolated at load: they are
    /// known only when an instance is launched, and the supervisor puts their values in.
    package static let launchVariables: Set<String> = [
        "MSCTL_DATA_DIR", "MSCTL_ENDPOINTS", "PORT", "SERVICE_NAME", "SERVICE_INSTANCE",
    ]

    package init(name: String, command: [String], workingDirectory: String) {
        self.name = name
        self.command = command
        self.workingDirectory = workingDirectory
    }
}

/// How a service's program is made.
package struct Build: Sendable, Hashable, Codable {
    package enum Recipe: Sendable, Hashable, Codable {
        /// A product of the SwiftPM package at `context`.
        case swift(product: String, configuration: String, flags: [String])
        /// Any command, run in `context`.
        case command([String])
    }
    package var recipe: Recipe
    /// Absolute; the project's directory by default.
    package var context: String
    /// Where the programs are found afterwards, absolute. For Swift the package's own output by default.
    package var output: String

    package init(recipe: Recipe, context: String, output: String) {
        self.recipe = recipe
        self.context = context
        self.output = output
    }
}

/// A port that an instance listens on.
package enum PortSpec: Sendable, Hashable, Codable {
    /// Replica 1 takes this one; further replicas take free ones.
    case fixed(UInt16)
    /// A free one, chosen when the instance is launched.
    case auto
}

/// What must hold of another service before this one starts.
package struct Dependency: Sendable, Hashable, Codable {
    package enum Condition: String, Sendable, Hashable, Codable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completedSuccessfully = "service_completed_successfully"
    }
    package var service: String
    package var condition: Condition
    /// `false`: the service starts also when the dependency is absent or has failed.
    package var required: Bool
    /// `true`: the service is restarted when the dependency is restarted by hand or replaced.
    package var restart: Bool

    package init(service: String, condition: Condition = .started, required: Bool = true, restart: Bool = false) {
        self.service = service
        self.condition = condition
        self.required = required
        self.restart = restart
    }
}

/// How much of an instance's logs is kept.
package struct LogRetention: Sendable, Hashable, Codable {
    /// Bytes per instance over all its runs.
    package var retainBytes: UInt64 = 200_000_000
    /// Runs per instance, the current one included; at least 1.
    package var runs: Int = 20

    package init() {}
}
