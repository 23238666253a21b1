import ControlAPI
import CurlClient
import FoundationEssentials
import StateDirectory

/// Follows what the daemon says of the instances until something has come true.
///
/// A daemon that dies on the way is started again by its shim, and the watch goes on; a daemon that is gone for good ends it.
struct InstanceWatch {
    let control: ControlClient
    let layout: StateLayout

    enum Ending<Outcome> {
        case outcome(Outcome)
        case timedOut
        /// Neither the daemon nor its shim lives any more.
        case daemonGone
    }

    /// Calls `step` for the first state and after each change, until it returns something.
    ///
    /// - Parameter timeout: nil for as long as there is a daemon.
    func follow<Outcome>(
        for timeout: Duration?, _ step: (WatchedInstances, [WatchedInstances.Change]) -> Outcome?
    ) async throws(CommandFailure) -> Ending<Outcome> {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        var watched = WatchedInstances()
        var early: [WatchedInstances.Change] = []
        while deadline.map({ ContinuousClock.now < $0 }) ?? true {
            watched.begin()
            do {
                for try await line in try await control.watch(timeout: deadline.map { $0 - ContinuousClock.now }) {
                    early += watched.apply(try Self.decode(line))
                    guard watched.isComplete else { continue }
                    let changes = early
                    early = []
                    if let outcome = step(watched, changes) { return .outcome(outcome) }
                }
            } catch let error as CurlError {
                switch error {
                case .timedOut: return .timedOut
                // The daemon went away, or is not back yet.
                case .interrupted, .refused: break
                default: throw CommandFailure(error, peer: "msctld")
                }
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                throw .failed("\(error)")
            }
            guard FileLock.isHeld(layout.daemonLock) || FileLock.isHeld(layout.daemonShimLock) else {
                return .daemonGone
            }
            // Only cancellation ends the sleep early, and then the next connection fails.
            try? await Task.sleep(for: .milliseconds(10))
        }
        return .timedOut
    }

    private static func decode(_ line: [UInt8]) throws(CommandFailure) -> WatchLine {
        do {
            return try JSONDecoder().decode(WatchLine.self, from: Data(line))
        } catch {
            throw .unreachable("msctld's watch line cannot be read: \(error)")
        }
    }
}
