import Manifest

/// What the shim gives a service's process before its program begins.
package struct ProcessAttributes: Sendable, Hashable, Codable {
    /// nil: who runs msctl.
    package var credentials: Credentials?
    /// nil: msctl's own, 0o077.
    package var umask: UInt16?
    package var ulimits: [ResourceLimits.Ulimit] = []
    /// Directories that the service's user must be able to enter; looked at when it is not who runs msctl.
    package var reach: [String] = []

    package init() {}

    /// Resolves names now: an account may have changed since the last launch.
    ///
    /// - Parameter openFiles: the limit of a service that does not say one.
    init(_ service: Service, openFiles: ResourceLimits.Ulimit?) throws(LaunchError) {
        credentials = try Credentials.resolve(user: service.user, groups: service.groups)
        umask = service.umask
        for limit in service.limits.ulimits { try Ulimit.check(limit) }
        ulimits = service.limits.ulimits
        if let openFiles, !ulimits.contains(where: { $0.name == openFiles.name }) { ulimits.append(openFiles) }
    }

    var shimOptions: [String] {
        var options = ulimits.flatMap { Ulimit.words($0) }
        if let umask { options += ["--umask", String(umask)] }
        if let credentials {
            let groups = credentials.groups.map { String($0) }.joined(separator: ",")
            options += ["--user", String(credentials.uid), String(credentials.gid), groups]
            options += reach.flatMap { ["--reach", $0] }
        }
        return options
    }
}
