import Glibc

/// A TCP port where connections succeed and nobody ever answers: the kernel completes them, nothing accepts them.
package final class SilentListener: Sendable {
    package let port: Int
    private let descriptor: Int32

    /// The system refused a socket.
    package struct Failure: Error {
        package let code: Int32
    }

    package init() throws(Failure) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isListening else { throw Failure(code: errno) }
    }

    deinit {
        close(descriptor)
    }
}
