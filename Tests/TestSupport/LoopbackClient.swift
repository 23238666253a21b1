import CLinux

/// Opens one connection for each question and waits for the answer, as a client without patience for errors does.
package struct LoopbackClient: Sendable {
    package enum Outcome: Sendable, Hashable {
        case answered
        case refused
        /// Accepted, and closed without an answer.
        case cutOff
        /// No answer within ten seconds.
        case timedOut
    }
    package let port: UInt16

    package init(port: UInt16) { self.port = port }

    package func ask() -> Outcome {
        let descriptor = clinux_tcp_socket(0)
        defer { close(descriptor) }
        clinux_socket_timeouts(descriptor, 10)
        guard connectLoopback(descriptor) else { return .refused }
        let request = Array("GET / HTTP/1.1\r\nHost: loopback\r\nConnection: close\r\n\r\n".utf8)
        guard clinux_send(descriptor, request, request.count, -1) > 0 else { return .cutOff }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, clinux_errno() == EAGAIN { return .timedOut }
        return count > 12 && buffer.starts(with: Array("HTTP/1.1 200".utf8)) ? .answered : .cutOff
    }

    private func connectLoopback(_ descriptor: Int32) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Unix sockets at a path.
package enum UnixPath {
    /// True when it is bound.
    package static func bind(_ descriptor: Int32, _ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                CLinux.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
