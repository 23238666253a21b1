import SystemPackage

/// Where everything of a project's `.msctl` directory is. Paths only; nothing is touched.
///
/// ```
/// .msctl/
///   control.sock  msctld.lock  msctld.log  daemon/
///   state.db  logs.db  endpoints.json  secrets/NAME  data/SERVICE/  credentials/SERVICE/NAME
///   runs/SERVICE.REPLICA/RUN/    out.log  err.log  exit  shim.lock  spec.json
/// ```
package struct StateLayout: Sendable, Hashable {
    /// `.msctl` itself, absolute.
    package let root: FilePath

    /// The state directory of the project in `projectDirectory` (absolute).
    package init(projectDirectory: FilePath) {
        root = projectDirectory.appending(".msctl")
    }

    package var database: FilePath { root.appending("state.db") }
    package var logIndex: FilePath { root.appending("logs.db") }
    package var endpoints: FilePath { root.appending("endpoints.json") }
    package var daemonLock: FilePath { root.appending("msctld.lock") }
    package var daemonLog: FilePath { root.appending("msctld.log") }
    /// The daemon's own run: its shim's lock and its exit record.
    package var daemonRun: FilePath { root.appending("daemon") }
    /// Held by the daemon's shim while it lives.
    package var daemonShimLock: FilePath { daemonRun.appending("shim.lock") }
    /// What that shim executes: a link to msctld, so that an upgrade needs no other shim.
    package var daemonProgram: FilePath { daemonRun.appending("msctld") }
    package var secrets: FilePath { root.appending("secrets") }
    package var data: FilePath { root.appending("data") }
    package var runs: FilePath { root.appending("runs") }

    package func secret(_ name: String) -> FilePath { secrets.appending(name) }
    /// Copies of the secrets of services that another user runs, for that user only.
    package var credentials: FilePath { root.appending("credentials") }
    package func credentials(of service: String) -> FilePath { credentials.appending(service) }
    package func data(of service: String) -> FilePath { data.appending(service) }
    package func runs(of instance: InstanceID) -> FilePath { runs.appending(instance.description) }
    package func run(_ run: Int, of instance: InstanceID) -> RunDirectory {
        RunDirectory(path: runs(of: instance).appending(String(run)), instance: instance, run: run)
    }
}

/// One replica of a service, `user-service.1`.
package struct InstanceID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package let service: String
    /// Counted from 1.
    package let replica: Int

    package init(service: String, replica: Int) {
        self.service = service
        self.replica = replica
    }

    /// Reads `SERVICE.REPLICA`; the service's name may hold dots itself.
    package init?(_ text: some StringProtocol) {
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex,
            let replica = Int(text[text.index(after: dot)...]), replica > 0
        else { return nil }
        self.init(service: String(text[..<dot]), replica: replica)
    }

    package var description: String { "\(service).\(replica)" }

    package static func < (a: Self, b: Self) -> Bool { (a.service, a.replica) < (b.service, b.replica) }
}

/// The directory of one run: one life of one instance, and all there is to know about it.
package struct RunDirectory: Sendable, Hashable {
    package let path: FilePath
    package let instance: InstanceID
    /// Counted from 1 for each instance, never reused.
    package let run: Int

    /// The run after it, whether it has been or not.
    package var next: RunDirectory {
        RunDirectory(path: path.removingLastComponent().appending(String(run + 1)), instance: instance, run: run + 1)
    }

    package var standardOutput: FilePath { path.appending("out.log") }
    package var standardError: FilePath { path.appending("err.log") }
    package var exitRecord: FilePath { path.appending("exit") }
    package var shimLock: FilePath { path.appending("shim.lock") }
    package var spec: FilePath { path.appending("spec.json") }
}
