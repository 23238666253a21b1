import StateDirectory

/// What can happen to an instance.
package enum InstanceEvent: Sendable, Hashable {
    /// Somebody wants it to run: `up`, `start`.
    case start
    /// Somebody wants it to end: `down`, `stop`. The grace period in ms, when it is not the service's own.
    case stop(grace: Int?)
    /// Somebody wants it replaced by what the project says now.
    case restart(grace: Int?)
    /// Everything it depends on is as it must be.
    case dependenciesMet
    /// Something it depends on is not there yet; what.
    case dependenciesUnmet(String)
    /// Something it depends on has failed; what.
    case dependencyFailed(String)
    /// Its process runs.
    case launched
    /// Its process could not be started; why.
    case launchFailed(String)
    /// Its process and everything of its tree has ended.
    case exited(ExitStatus)
    /// Its startup probe passed often enough.
    case startedUp
    /// Its startup probe failed until the last retry was used up; what the last one said.
    case startupFailed(String)
    /// Its probes passed often enough.
    case becameHealthy
    /// Its probes failed often enough; what the last one said.
    case becameUnhealthy(String)
    /// Its liveness probe failed often enough; what the last one said.
    case livenessLost(String)
    /// The pause before its next start is over.
    case pauseEnded
}

/// What the supervisor has to do about it.
package enum InstanceAction: Sendable, Hashable {
    /// Start a run now.
    case launch
    /// Ask the run's shim to stop it, with a grace period in ms or the service's own.
    case stop(grace: Int?)
    case startStartupProbe
    case startReadinessProbe
    case startLivenessProbe
    case stopProbes
    /// Send `pauseEnded` after so many ms.
    case pause(milliseconds: Int64)
    case cancelPause
    /// Write an event down for people: its name in `msctl events`, and one more fact.
    case note(String, detail: String?)
}
