import Manifest
import StateDirectory

extension StateLayout {
    /// Deletes the oldest runs of an instance, whole, as long as there are too many of them or their logs are too large.
    /// The newest run stays whatever its size, and so does every run whose tree may live.
    package func discardRuns(of instance: InstanceID, beyond retention: LogRetention) {
        var bytes: UInt64 = 0
        for (age, run) in allRuns(of: instance).reversed().enumerated() {
            bytes += run.logBytes
            guard age > 0, age >= retention.runs || bytes > retention.retainBytes, !run.isAlive else { continue }
            // What cannot be deleted now is tried again after the next run.
            try? AtomicFile.remove(run.path)
        }
    }
}
