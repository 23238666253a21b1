import Manifest
import StateDirectory

/// What crosses the control socket: HTTP with JSON bodies, so `curl --unix-socket .msctl/control.sock http://msctl/v1/daemon`
/// works too. Every change is accepted at once and carried out by the daemon whatever becomes of the caller; what comes of
/// it is read from `watch`.
package enum ControlAPI {
    /// Raised when a shape changes in a way that older clients cannot read.
    package static let version = 2

    /// Of msctl, msctld and msctl-shim, which are installed together; `--version` of each says it.
    package static let release = "0.1.0"

    package enum Route: String {
        /// GET → ``DaemonStatus``.
        case daemon = "/v1/daemon"
        /// POST ``UpRequest`` → ``Accepted``.
        case up = "/v1/up"
        /// POST ``StopRequest`` → ``Accepted``: stop all or some services; nothing wanted any more.
        case down = "/v1/down"
        /// POST ``RestartRequest`` → ``Accepted``.
        case restart = "/v1/restart"
        /// GET → one JSON ``WatchLine`` a line: the rollouts that count, the status of every instance, then each change, until
        /// the client leaves.
        case watch = "/v1/watch"
        /// POST ``UpRequest`` → ``Plan``: what `up` would do; nothing is done.
        case plan = "/v1/plan"
        /// POST ``ScaleRequest`` → ``Accepted``.
        case scale = "/v1/scale"
        /// POST ``KillRequest`` → ``Accepted``.
        case kill = "/v1/kill"
        /// POST → ``Accepted``: the daemon ends and leaves the services alone.
        case shutdown = "/v1/shutdown"
        /// GET → the text format of Prometheus, by the name that scrapers look for.
        case metrics = "/metrics"
    }
}

/// Who answers on the control socket.
package struct DaemonStatus: Sendable, Codable {
    package var version: Int
    package var project: String
    package var pid: Int32
    /// Milliseconds since 1970.
    package var since: Int64

    package init(version: Int, project: String, pid: Int32, since: Int64) {
        self.version = version
        self.project = project
        self.pid = pid
        self.since = since
    }
}

/// Make what runs equal to what the project says.
package struct UpRequest: Sendable, Codable {
    package var project: Project
    /// The services to bring up, with what they depend on; empty for all. Services that are not named stay as they are.
    package var services: [String]
    /// A process whose end takes everything down with it, `up --attach`'s own; nil leaves an earlier one in place.
    package var attachedTo: ProcessReference?

    package init(project: Project, services: [String] = [], attachedTo: ProcessReference? = nil) {
        self.project = project
        self.services = services
        self.attachedTo = attachedTo
    }
}

/// Set the number of replicas, by the project the daemon has.
package struct ScaleRequest: Sendable, Codable {
    package var replicas: [String: Int]

    package init(replicas: [String: Int]) { self.replicas = replicas }
}

/// Send a signal to services' processes (the process group of each). What follows is their restart policy's.
package struct KillRequest: Sendable, Codable {
    /// Names of services or of instances (`web.2`); empty for all.
    package var services: [String]
    package var signal: Int32

    package init(services: [String], signal: Int32) {
        self.services = services
        self.signal = signal
    }
}

/// What `up` would do.
package struct Plan: Sendable, Codable {
    package enum Action: String, Sendable, Codable {
        case start
        /// Stop the old one, then start the new one.
        case replace
        /// Start a new one, then stop the old one (start-first).
        case roll
        case stop
        case none
    }
    package struct Change: Sendable, Codable {
        package var instance: InstanceID
        package var action: Action
        /// Why, one sentence each: `environment PORT changed`, `its program was built anew`.
        package var reasons: [String]

        package init(instance: InstanceID, action: Action, reasons: [String]) {
            self.instance = instance
            self.action = action
            self.reasons = reasons
        }
    }
    package var changes: [Change]

    package init(changes: [Change]) { self.changes = changes }
}

/// Stop services.
package struct StopRequest: Sendable, Codable {
    /// Names of services or of instances (`web.2`); empty for all, the daemon's last task.
    package var services: [String]
    /// Instead of each service's own grace period.
    package var graceMilliseconds: Int?
    /// `stop` keeps the instances in `status`; `down` forgets them once they are gone.
    package var forget: Bool

    package init(services: [String] = [], graceMilliseconds: Int? = nil, forget: Bool) {
        self.services = services
        self.graceMilliseconds = graceMilliseconds
        self.forget = forget
    }
}

/// Stop services and start them again by the project given.
package struct RestartRequest: Sendable, Codable {
    package var project: Project
    /// Names of services or of instances (`web.2`); empty for all.
    package var services: [String]
    package var graceMilliseconds: Int?
    /// The same when a request is repeated because nobody answered: it is then carried out once.
    package var id: String

    package init(project: Project, services: [String] = [], graceMilliseconds: Int? = nil, id: String) {
        self.project = project
        self.services = services
        self.graceMilliseconds = graceMilliseconds
        self.id = id
    }
}

/// The daemon has taken a change and written it down.
package struct Accepted: Sendable, Codable {
    /// The instances that the change is about.
    package var instances: [InstanceID]

    package init(instances: [InstanceID]) { self.instances = instances }
}

/// One line of `watch`.
package enum WatchLine: Sendable, Codable {
    /// All instances: the first line but for the rollouts. One that a rollout is still to replace is not settled.
    case all([InstanceStatus])
    case changed(InstanceStatus)
    /// The instance is forgotten.
    case removed(InstanceID)
    /// A start-first replacement has begun, got on, or ended. To a new watcher they come before ``all(_:)``: those under
    /// way, and those that have ended since their service was last asked for, so that who asks first and watches then
    /// misses no failure.
    case rollout(Rollout)
}

/// Why the daemon refused a request; the body of an answer of 400 and above.
package struct Refusal: Sendable, Codable, Error {
    package var message: String
    package var hint: String?

    package init(message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
