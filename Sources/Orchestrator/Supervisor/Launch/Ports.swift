import CLinux
import Manifest
import ProcessTable
import SystemPackage

/// Ports of instances: the declared one for the first replica, free ones for the others.
enum Ports {
    /// The port an instance is to have; nil when its service declares none. Throws when somebody holds a declared one.
    /// `taken` are those of other instances, which may not have bound theirs yet.
    static func choose(for service: Service, replica: Int, taken: Set<UInt16>) throws(LaunchError) -> UInt16? {
        switch service.ports.first {
        case nil: return nil
        case .fixed(let port) where replica == 1:
            try check(port)
            return port
        case .fixed, .auto: return try free(taken)
        }
    }

    /// Throws unless a listener could be bound to the port on every address.
    private static func check(_ port: UInt16) throws(LaunchError) {
        guard bind(port) == nil else {
            let owner = ProcessTable.portOwner(port)
            throw .portHeld(port, by: owner.map { "process \($0.pid) (\($0.command))" })
        }
    }

    private static func free(_ taken: Set<UInt16>) throws(LaunchError) -> UInt16 {
        for _ in 0..<1_000 {
            var chosen: UInt16 = 0
            if let error = bind(0, chosen: { chosen = $0 }) { throw .noFreePort(error) }
            if !taken.contains(chosen) { return chosen }
        }
        throw .noFreePort(.addressInUse)
    }

    /// Binds and lets go again; the error of bind(2), if any. SO_REUSEADDR: connections in TIME_WAIT do not count.
    private static func bind(_ port: UInt16, chosen: (UInt16) -> Void = { _ in }) -> Errno? {
        let descriptor = clinux_tcp_socket(0)
        guard descriptor >= 0 else { return Errno(rawValue: clinux_errno()) }
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard CLinux.bind(descriptor, generic, size) == 0 else { return Errno(rawValue: clinux_errno()) }
                guard getsockname(descriptor, generic, &size) == 0 else { return Errno(rawValue: clinux_errno()) }
                chosen(UInt16(bigEndian: UnsafeRawPointer(generic).loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
                return nil
            }
        }
    }
}
