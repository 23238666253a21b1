import Glibc
import ServiceKit

/// A listening TCP socket on 127.0.0.1 that the test keeps open, as an orchestrator does that passes it on.
///
/// Connections to it succeed whether anybody accepts them or not.
package final class TestListener: Sendable {
    package let port: Int
    package let descriptor: Int32

    /// The system refused a socket.
    package struct Failure: Error {
        package let code: Int32
    }

    package init() throws(Failure) {
        // Not to be inherited by processes that other tests start meanwhile: a listener lives as long as its last holder.
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 1024) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isListening else { throw Failure(code: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// A descriptor of the same socket, for one service to have and to close.
    package func pass() -> PassedSocket {
        PassedSocket(descriptor: fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
    }
}
