import Manifest
import StateDirectory

/// Whether an instance has become what `up` wants of it.
enum Verdict {
    case pending
    case ready
    case failed

    /// - Parameter service: nil when the project has no such service any more.
    init(_ status: InstanceStatus, of service: Service?) {
        switch status.state {
        case _ where !status.settled: self = .pending
        case .running: self = status.isReady ? .ready : .failed
        // A job that has done its work is no failure.
        case .exited:
            let isSuccess = status.exit.map { service?.restart.isSuccess($0) ?? $0.isSuccess } ?? false
            self = isSuccess && service?.isJob == true ? .ready : .failed
        case .waiting, .starting, .stopping, .stopped, .backoff, .crashLooping, .failed, .skipped: self = .failed
        }
    }
}

extension Service {
    /// It may end by itself, successfully: nothing asks for it to go on.
    var isJob: Bool { restart.condition != .always && healthcheck == nil }
}
