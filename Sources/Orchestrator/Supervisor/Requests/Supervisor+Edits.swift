import Manifest
import StateDirectory

/// Starts by what the manifests say at that moment, automatic restarts included: nobody has to remember an `up`.
extension Supervisor {
    /// Before a launch. Only this service's definition is taken over; what else has changed waits for its own next start or
    /// for `up`. Manifests that are wrong just now change nothing, and an event says so.
    func takeOverEdits(of id: InstanceID) {
        let isHeldBack = rollouts[id.service]?.remaining.contains(id) == true
        guard !isHeldBack, let source = (edited ?? project).source else { return }
        if source.isStale {
            do {
                edited = try source.load().project
            } catch {
                note("manifest-wrong", id, "started as before: \(error)")
                return
            }
        }
        guard var service = edited?[service: id.service], let known = project[service: id.service] else { return }
        service.replicas = known.replicas
        redefine(id, service)
    }
}
