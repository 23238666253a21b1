import CLinux
import Manifest
import ProcessTable
import SystemPackage

/// One open listening socket.
struct ListeningSocket: Sendable {
    /// Where it listens, as the kernel says (getsockname(2)).
    enum Address: Sendable, Hashable {
        case tcp(host: String, port: UInt16)
        case unix(String)
    }
    let descriptor: Int32
    let address: Address
    /// Of a Unix socket the file that it made, to know it from another of that name.
    private let file: FileIdentity?

    var port: UInt16? {
        if case .tcp(_, let port) = address { port } else { nil }
    }

    /// What somebody else has opened; nil when it does not listen, or not on an address that a manifest can give.
    init?(_ descriptor: Int32) {
        var listens: Int32 = 0
        var size = socklen_t(4)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens != 0,
            let address = SocketAddress.own(of: descriptor)
        else { return nil }
        self.descriptor = descriptor
        self.address = address
        if case .unix(let path) = address { file = FileIdentity(path) } else { file = nil }
    }

    /// Binds and listens.
    init(_ address: Address, backlog: Int32) throws(LaunchError) {
        let opened: Int32
        switch address {
        case .tcp(let host, let port): opened = try Self.tcp(host, port)
        case .unix(let path): opened = try Self.unix(path)
        }
        guard opened >= 0, listen(opened, backlog) == 0, let socket = ListeningSocket(opened) else {
            let error = Errno(rawValue: clinux_errno())
            if opened >= 0 { CLinux.close(opened) }
            throw .socket("\(address)", "\(error)")
        }
        self = socket
    }

    /// Whether it can still be reached: the file of a Unix socket may have been deleted.
    var isReachable: Bool {
        guard case .unix(let path) = address else { return true }
        return file != nil && FileIdentity(path) == file
    }

    /// Further hands on the same socket.
    func duplicate() -> ListeningSocket? {
        let copy = clinux_duplicate(descriptor, 3)
        return copy < 0 ? nil : ListeningSocket(copy)
    }

    /// - Parameter isLast: nobody else of msctl has it, so a Unix socket's file goes too.
    func close(isLast: Bool) {
        if isLast, isReachable, case .unix(let path) = address { unlink(path) }
        CLinux.close(descriptor)
    }

    // MARK: -

    private static func tcp(_ host: String, _ port: UInt16) throws(LaunchError) -> Int32 {
        let descriptor = clinux_tcp_socket(0)
        guard descriptor >= 0 else { throw .socket("\(host):\(port)", "\(Errno(rawValue: clinux_errno()))") }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        guard let error = SocketAddress.bind(descriptor, host: host, port: port) else { return descriptor }
        CLinux.close(descriptor)
        if error == .addressInUse {
            throw .portHeld(port, by: ProcessTable.portOwner(port).map { "process \($0.pid) (\($0.command))" })
        }
        throw .socket("\(host):\(port)", "\(error)")
    }

    /// A file that an earlier socket has left is removed, unless somebody listens there.
    private static func unix(_ path: String) throws(LaunchError) -> Int32 {
        guard path.utf8.count <= SocketAddress.longestPath else { throw .socketPathTooLong(path) }
        if access(path, F_OK) == 0 {
            guard FileIdentity(path)?.isSocket == true else {
                throw .socket(path, "there is a file that is no socket; remove it or choose another path")
            }
            guard !SocketAddress.answers(path) else {
                throw .socket(path, "another process listens there; end it or choose another path")
            }
            unlink(path)
        }
        let descriptor = clinux_unix_socket()
        guard descriptor >= 0 else { throw .socket(path, "\(Errno(rawValue: clinux_errno()))") }
        guard let error = SocketAddress.bind(descriptor, path: path) else { return descriptor }
        CLinux.close(descriptor)
        throw .socket(path, "\(error)")
    }
}

extension ListeningSocket.Address: CustomStringConvertible {
    var description: String {
        switch self {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

/// Which file a name stands for.
private struct FileIdentity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
    let isSocket: Bool

    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        isSocket = status.st_mode & 0o170000 == 0o140000  // S_IFMT, S_IFSOCK
    }
}
