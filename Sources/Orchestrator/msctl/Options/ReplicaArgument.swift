import ArgumentParser

/// `SERVICE=N`: a service and how many instances of it there are to be.
struct ReplicaArgument: ExpressibleByArgument, Hashable {
    let service: String
    let replicas: Int

    /// As many as a manifest allows.
    private static let allowed = 0...1000

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let replicas = Int(parts[1]), Self.allowed.contains(replicas) else {
            return nil
        }
        service = String(parts[0])
        self.replicas = replicas
    }
}
