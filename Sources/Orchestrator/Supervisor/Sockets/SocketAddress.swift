import CLinux
import SystemPackage

/// sockaddr_in and sockaddr_un (ip(7), unix(7)), to and from what Swift can hold.
enum SocketAddress {
    /// Of a Unix socket's path, in bytes; one more is its end.
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// nil when it is bound; port 0 takes a free one.
    static func bind(_ descriptor: Int32, host: String, port: UInt16) -> Errno? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return .invalidArgument }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                CLinux.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    ? nil : Errno(rawValue: clinux_errno())
            }
        }
    }

    static func bind(_ descriptor: Int32, path: String) -> Errno? {
        withUnix(path) { CLinux.bind(descriptor, $0, $1) == 0 ? nil : Errno(rawValue: clinux_errno()) }
    }

    /// Whether somebody accepts connections there.
    static func answers(_ path: String) -> Bool {
        let descriptor = clinux_unix_socket()
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withUnix(path) { connect(descriptor, $0, $1) == 0 }
    }

    /// Where a socket is bound; nil when it is neither IPv4 nor at a path.
    static func own(of descriptor: Int32) -> ListeningSocket.Address? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer -> ListeningSocket.Address? in
            let raw = UnsafeMutableRawPointer(pointer)
            let found = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size) == 0
            }
            guard found else { return nil }
            switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
            case AF_INET:
                var address = raw.loadUnaligned(as: sockaddr_in.self)
                var text = [CChar](repeating: 0, count: 16)
                guard inet_ntop(AF_INET, &address.sin_addr, &text, 16) != nil else { return nil }
                let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                return .tcp(host: host, port: UInt16(bigEndian: address.sin_port))
            case AF_UNIX:
                let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
                let bytes = UnsafeRawBufferPointer(start: raw, count: Int(size)).dropFirst(start).prefix { $0 != 0 }
                return bytes.isEmpty ? nil : .unix(String(decoding: bytes, as: UTF8.self))
            default: return nil
            }
        }
    }

    private static func withUnix<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(longestPath)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
