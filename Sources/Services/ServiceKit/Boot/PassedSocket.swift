import Glibc

/// A listening socket that whoever started this process opened and keeps open across its lives (sd_listen_fds(3)), so that
/// connections wait while one process follows another instead of being refused.
package struct PassedSocket: Sendable, Equatable {
    /// Ours alone to close; the listening socket itself is shared.
    package let descriptor: CInt

    package init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// The first descriptor that is passed: SD_LISTEN_FDS_START.
    package static let first: CInt = 3

    /// Forgets that sockets were passed, so that no child of ours takes them for its own.
    ///
    /// To be called while the process has one thread: the environment is nobody else's then.
    static func forget() {
        if let text = getenv("LISTEN_FDS"), let count = CInt(String(cString: text)), (1...1024).contains(count) {
            // One that is not open cannot be inherited either.
            for descriptor in first..<(first + count) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
    }

    /// Whether it is a TCP socket that listens; a descriptor that is not open is none.
    var isListening: Bool {
        option(SO_ACCEPTCONN) == 1 && option(SO_TYPE) == CInt(SOCK_STREAM.rawValue)
            && [AF_INET, AF_INET6].contains(option(SO_DOMAIN))
    }

    private func option(_ name: CInt) -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}

extension ConfigurationReader {
    /// The socket to serve HTTP on, if one was passed to this process: the one that `LISTEN_FDNAMES` calls `http`, or the
    /// only one there is. nil when `LISTEN_PID` names another process, or none.
    mutating func passedSocket(first: CInt = PassedSocket.first) -> PassedSocket? {
        guard optionalString("LISTEN_PID") == String(getpid()) else { return nil }
        let before = problems.count
        let count = integer("LISTEN_FDS", in: 0...1024, default: 0)
        guard problems.count == before, count > 0 else { return nil }
        let names = optionalString("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        guard let index = count == 1 ? 0 : names.prefix(count).firstIndex(of: "http") else {
            note("LISTEN_FDNAMES", "calls none of the \(count) passed sockets http")
            return nil
        }
        let socket = PassedSocket(descriptor: first + CInt(index))
        guard socket.isListening else {
            note("LISTEN_FDS", "passes descriptor \(socket.descriptor) for http, which is no listening TCP socket")
            return nil
        }
        return socket
    }
}
