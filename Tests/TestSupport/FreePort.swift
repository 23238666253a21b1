import CLinux

package enum FreePort {
    /// A port that the kernel says is free on loopback right now.
    package static func choose() -> UInt16 {
        let descriptor = clinux_tcp_socket(0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(descriptor, generic, size)
                _ = getsockname(descriptor, generic, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
