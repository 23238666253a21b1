/// A listening socket that msctl opens before the service starts and keeps open across its runs.
package struct SocketSpec: Sendable, Hashable, Codable {
    package enum Address: Sendable, Hashable, Codable {
        /// The instance's own port, the first of `ports`.
        case ownPort
        /// TCP on a port of its own.
        case port(PortSpec)
        /// A Unix stream socket at an absolute path; `${MSCTL_DATA_DIR}` is resolved at launch.
        case unix(String)
    }
    /// What the service knows it by (LISTEN_FDNAMES): `[a-z0-9_-]`, unique in the service.
    package var name: String
    package var address: Address = .ownPort
    /// The address bound for TCP, an IPv4 literal.
    package var host: String = "127.0.0.1"
    /// Connections that wait at most, 1 to 65,535; the kernel's net.core.somaxconn is a limit too.
    package var backlog: Int32 = 4_096

    package init(name: String) { self.name = name }
}
