import CLinux
import SystemPackage

/// A TCP connection to a port on 127.0.0.1 that never blocks. Each question has one of its own, so that accepting is part
/// of the question.
struct LoopbackConnection {
    enum Progress {
        case done
        /// Try again when the connection is ready.
        case later
        case failed(Errno)
    }

    private(set) var descriptor: Int32 = -1
    private let port: UInt16

    init(port: UInt16) { self.port = port }

    /// Begins or goes on connecting: connect(2) says how far the kernel is when it is asked again.
    mutating func connect() -> Progress {
        if descriptor < 0 {
            descriptor = clinux_tcp_socket(1)
            guard descriptor >= 0 else { return .failed(Errno(rawValue: clinux_errno())) }
        }
        // Loopback: the whole handshake is over when the first call returns, and the second call says so.
        for _ in 0..<2 {
            switch connectOnce() {
            case 0, EISCONN: return .done
            case EINPROGRESS: continue
            case EALREADY: return .later
            case let error: return .failed(Errno(rawValue: error))
            }
        }
        return .later
    }

    private func connectOnce() -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                CLinux.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? 0 : clinux_errno()
    }

    /// Sends what is left of `bytes` from `sent` on.
    func send(_ bytes: [UInt8], from sent: inout Int) -> Progress {
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                // MSG_NOSIGNAL: a connection that the other side has closed is an answer, no reason to end.
                CLinux.send(
                    descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 else { return progress(of: clinux_errno()) }
            sent += count
        }
        return .done
    }

    /// Hands what has come to `take`, which says whether it wants more; done when it does not, or at the end of the stream,
    /// which is an empty buffer.
    func receive(_ take: (UnsafeRawBufferPointer) -> Bool) -> Progress {
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            while true {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                guard count >= 0 else { return progress(of: clinux_errno()) }
                if !take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) || count == 0 { return .done }
            }
        }
    }

    mutating func close(_ loop: EventLoop) {
        guard descriptor >= 0 else { return }
        loop.forget(descriptor)
        descriptor = -1
    }

    private func progress(of error: Int32) -> Progress {
        error == EAGAIN || error == EINTR ? .later : .failed(Errno(rawValue: error))
    }
}
