import Glibc
import ProcessTable
import StateDirectory
import SystemPackage

/// What of a project is still there after `down`: the proof that nothing is, or its names.
struct Leftovers {
    let processes: [MarkedProcess]
    /// Ports of the project that one of its own processes holds.
    let ports: [(port: UInt16, owner: PortOwner)]
    let sockets: [FilePath]

    /// - Parameters:
    ///   - ports: that the project declares or had.
    ///   - pids: processes that were the project's before; one that cleared its environment is known by this only.
    ///   - services: only what belongs to these; everything for none.
    static func now(
        _ layout: StateLayout, ports: Set<UInt16>, pids: Set<Int32>, services: [String] = []
    ) -> Leftovers {
        let marked = ProcessTable.marked(by: layout.root).filter { process in
            services.isEmpty || InstanceID(process.instance).map { services.contains($0.service) } ?? false
        }
        let ours = pids.union(marked.map(\.pid))
        let held = ports.sorted().compactMap { port in
            ProcessTable.portOwner(port).flatMap { ours.contains($0.pid) ? (port, $0) : nil }
        }
        let socket = layout.controlSocket
        let isThere = services.isEmpty && access(socket.string, F_OK) == 0
        return Leftovers(processes: marked, ports: held, sockets: isThere ? [socket] : [])
    }

    var isEmpty: Bool { processes.isEmpty && ports.isEmpty && sockets.isEmpty }

    var summary: String {
        "\(processes.count) \(processes.count == 1 ? "process" : "processes"), "
            + "\(ports.count) \(ports.count == 1 ? "port" : "ports"), "
            + "\(sockets.count) \(sockets.count == 1 ? "socket" : "sockets") left"
    }

    var lines: [String] {
        processes.map { "process \($0.pid) of \($0.run): \($0.command)" }
            + ports.map { "port \($0.port), held by process \($0.owner.pid): \($0.owner.command)" }
            + sockets.map { "socket \($0)" }
    }
}
