import CLinux
import Manifest
import StateDirectory
import SystemPackage

/// A listening socket as a run is given it.
package struct PassedSocket: Sendable, Hashable {
    /// Its name in LISTEN_FDNAMES.
    package let name: String
    /// The store's; to be duplicated, not closed.
    package let descriptor: Int32
    /// nil for a Unix socket.
    package let port: UInt16?
}

/// The listening sockets of services that ask for them (`sockets:`), open across the runs of their instances: who connects
/// while an instance restarts waits in the kernel's queue instead of being refused.
///
/// They belong to instances. An instance that covers a replacement shares those of the one it stands in for; the kernel gives
/// a connection to whoever accepts it first.
package struct ListeningSockets: Sendable {
    private struct Key: Hashable {
        let id: InstanceID
        let name: String
    }

    private var held: [Key: ListeningSocket] = [:]
    private let store: DescriptorStore?

    /// Takes back what a daemon before this one has kept.
    package init(store: DescriptorStore? = nil) {
        self.store = store
        for entry in store?.entries() ?? [] {
            let parts = entry.name.split(separator: "/", maxSplits: 1)
            guard parts.count == 2, let id = InstanceID(parts[0]), let socket = ListeningSocket(entry.descriptor) else {
                store?.forget(entry.name)
                CLinux.close(entry.descriptor)
                continue
            }
            held[Key(id: id, name: String(parts[1]))] = socket
        }
    }

    /// The sockets that an instance's next run is to have, in the manifest's order; opened where they are not open yet.
    /// Those that the service does not name any more are closed.
    ///
    /// - Parameters:
    ///   - sharing: an instance of the same service whose place this one takes.
    ///   - variables: what `${NAME}` stands for in paths.
    package mutating func sockets(
        for id: InstanceID, service: Service, sharing: InstanceID? = nil, variables: [String: String] = [:],
        owner: Credentials? = nil
    ) throws(LaunchError) -> [PassedSocket] {
        let names = Set(service.sockets.map(\.name))
        for key in held.keys where key.id == id && !names.contains(key.name) { close(key) }
        var passed: [PassedSocket] = []
        for spec in service.sockets {
            let wanted = WantedAddress(spec, service, replica: id.replica, variables)
            let socket = try socket(Key(id: id, name: spec.name), wanted, sharing: sharing, backlog: spec.backlog)
            if case .unix(let path) = socket.address {
                chmod(path, mode_t(0o777 & ~(service.umask ?? 0o077)))
                if let owner { lchown(path, owner.uid, owner.gid) }
            }
            passed.append(PassedSocket(name: spec.name, descriptor: socket.descriptor, port: socket.port))
        }
        return passed
    }

    /// Closes an instance's sockets: connections are refused from now on.
    package mutating func release(_ id: InstanceID) {
        for key in held.keys where key.id == id { close(key) }
    }

    /// Closes those of instances that are gone.
    package mutating func releaseAll(except living: Set<InstanceID>) {
        for key in held.keys where !living.contains(key.id) { close(key) }
    }

    // MARK: -

    private mutating func socket(
        _ key: Key, _ wanted: WantedAddress, sharing: InstanceID?, backlog: Int32
    ) throws(LaunchError) -> ListeningSocket {
        if let own = held[key] {
            if wanted.isMet(by: own) {
                listen(own.descriptor, backlog)  // The manifest's may be another one now.
                return own
            }
            close(key)
        }
        let socket: ListeningSocket
        if let same = shared(key, wanted, sharing)?.duplicate() {
            socket = same
        } else {
            socket = try ListeningSocket(wanted.address, backlog: backlog)
        }
        held[key] = socket
        store?.keep(socket.descriptor, as: "\(key.id)/\(key.name)")
        return socket
    }

    /// A socket of that name and address that another instance of the service has: an address that all its instances share
    /// can be open only once.
    private func shared(_ key: Key, _ wanted: WantedAddress, _ sharing: InstanceID?) -> ListeningSocket? {
        held.first { other, socket in
            guard other.name == key.name, other.id.service == key.id.service else { return false }
            return other.id == sharing ? wanted.isMet(by: socket) : wanted.isExactly(socket)
        }?.value
    }

    private mutating func close(_ key: Key) {
        guard let socket = held.removeValue(forKey: key) else { return }
        store?.forget("\(key.id)/\(key.name)")
        socket.close(isLast: !held.values.contains { $0.address == socket.address })
    }
}

/// Where a socket is to listen, for one instance.
private struct WantedAddress {
    /// Port 0 is any.
    let address: ListeningSocket.Address

    init(_ spec: SocketSpec, _ service: Service, replica: Int, _ variables: [String: String]) {
        let port: PortSpec
        switch spec.address {
        case .unix(let path):
            address = .unix(LaunchEnvironment.expand(path, variables))
            return
        case .ownPort: port = service.ports.first ?? .auto
        case .port(let own): port = own
        }
        // Further replicas have ports of their own.
        if case .fixed(let number) = port, replica == 1 {
            address = .tcp(host: spec.host, port: number)
        } else {
            address = .tcp(host: spec.host, port: 0)
        }
    }

    func isMet(by socket: ListeningSocket) -> Bool {
        if case .tcp(let host, 0) = address, case .tcp(host, _) = socket.address { return true }
        return isExactly(socket)
    }

    func isExactly(_ socket: ListeningSocket) -> Bool { socket.isReachable && socket.address == address }
}
