import Manifest
import StateDirectory

/// Who may stop now: an instance waits until every one that depends on it, among those to be stopped, has gone.
package enum StopOrder {
    /// - Parameters:
    ///   - pending: the instances that are to stop and have not ended.
    ///   - dependencies: the services that a service depends on.
    package static func next(
        among pending: Set<InstanceID>, dependencies: (String) -> [String]
    ) -> [InstanceID] {
        let needed = Set(
            pending.flatMap { instance in
                dependencies(instance.service).filter { $0 != instance.service }
            })
        let free = pending.filter { !needed.contains($0.service) }
        // A cycle cannot be loaded, but manifests change between `up` and `down`: rather all at once than none for ever.
        return (free.isEmpty ? pending : free).sorted()
    }
}
