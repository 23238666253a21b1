/// The events that the supervisor writes down.
enum EventName: String, CaseIterable {
    case started
    case startedUp = "started-up"
    case startupFailed = "startup-failed"
    case healthy
    case unhealthy
    case livenessLost = "liveness-lost"
    case exited
    case restarting
    case crashLooping = "crash-looping"
    case stopping
    case stopped
    case skipped
    case failed
    case rolling
    case rolled
    case rolloutFailed = "rollout-failed"

    var tone: Tone {
        switch self {
        case .startedUp, .healthy, .rolled: .well
        case .started, .restarting, .exited, .rolling: .busy
        case .startupFailed, .unhealthy, .livenessLost, .crashLooping, .failed, .rolloutFailed: .ill
        case .stopping, .stopped, .skipped: .idle
        }
    }

    var meaning: String {
        switch self {
        case .started: "its process runs"
        case .startedUp: "its startup probe has passed"
        case .startupFailed: "its startup probe failed for too long; it is ended"
        case .healthy: "its healthcheck has passed"
        case .unhealthy: "its healthcheck failed often enough; what the last one said"
        case .livenessLost: "its liveness probe failed often enough; it is restarted"
        case .exited: "its process has ended by itself, and how"
        case .restarting: "it is started again by its restart policy, and why"
        case .crashLooping: "it has ended too often in too short a time"
        case .stopping: "somebody asked it to stop"
        case .stopped: "it has stopped because somebody asked for it"
        case .skipped: "it is not started because something it depends on failed"
        case .failed: "it could not be started, and why"
        case .rolling: "an extra instance covers the replacement of others"
        case .rolled: "the replacement is done"
        case .rolloutFailed: "the replacement has stopped, and why; what ran goes on"
        }
    }
}
