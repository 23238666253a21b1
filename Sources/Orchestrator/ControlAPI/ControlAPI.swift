import Manifest
import StateDirectory

/// What crosses the control socket: HTTP with JSON bodies, so `curl --unix-socket .msctl/control.sock http://msctl/v1/daemon`
/// works too. Every change is accepted at once and carried out by the daemon whatever becomes of the caller; what comes of
/// it is read from `watch`.
package enum ControlAPI {
    /// Raised when a shape changes in a way that older clients cannot read.
    package static let version = 1

    package enum Route: String {
        /// GET → ``DaemonStatus``.
        case daemon = "/v1/daemon"
        /// POST ``UpRequest`` → ``Accepted``.
        case up = "/v1/up"
        /// POST ``StopRequest`` → ``Accepted``: stop all or some services; nothing wanted any more.
        case down = "/v1/down"
        /// POST ``RestartRequest`` → ``Accepted``.
        case restart = "/v1/restart"
        /// GET → one JSON ``WatchLine`` a line: the status of every instance, then each change, until the client leaves.
        case watch = "/v1/watch"
        /// POST → ``Accepted``: the daemon ends and leaves the services alone.
        case shutdown = "/v1/shutdown"
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

    package init(project: Project, services: [String] = []) {
        self.project = project
        self.services = services
    }
}

/// Stop services.
package struct StopRequest: Sendable, Codable {
    /// Empty for all, the daemon's last task.
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
    /// Empty for all.
    package var services: [String]
    package var graceMilliseconds: Int?

    package init(project: Project, services: [String] = [], graceMilliseconds: Int? = nil) {
        self.project = project
        self.services = services
        self.graceMilliseconds = graceMilliseconds
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
    /// All instances, the first line.
    case all([InstanceStatus])
    case changed(InstanceStatus)
    /// The instance is forgotten.
    case removed(InstanceID)
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
