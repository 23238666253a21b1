import Manifest
import StateDirectory
import SystemPackage

/// Listening sockets follow their instances.
extension Supervisor {
    /// Those of the next run. An instance that covers a replacement serves on the sockets of the first replica.
    func sockets(for instance: Instance, _ owner: Credentials?) throws(LaunchError) -> [PassedSocket] {
        let id = instance.id
        return try sockets.sockets(
            for: id, service: instance.service,
            sharing: instance.isSurge ? InstanceID(service: id.service, replica: 1) : nil,
            variables: [
                "MSCTL_DATA_DIR": layout.data(of: id.service).string, "SERVICE_NAME": id.service,
                "SERVICE_INSTANCE": id.description,
            ], owner: owner)
    }

    /// Nobody will accept connections to an instance that has ended for good: they are refused rather than left waiting.
    func releaseSockets(ofIdle id: InstanceID) {
        guard let instance = instances[id], stops[id] == nil else { return }
        switch instance.machine.state {
        case .stopped, .exited, .failed, .skipped: sockets.release(id)
        case .waiting, .starting, .running, .stopping, .backoff, .crashLooping: break
        }
    }
}
