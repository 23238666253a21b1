import CLinux

/// Where the daemon keeps open sockets beyond its own death: its shim holds them, as systemd does for a service with
/// FileDescriptorStoreMax=.
///
/// They talk over a pair of Unix sockets of which the shim hands the daemon one end, the descriptor named in MSCTL_FDSTORE.
/// A message is one packet: `+NAME` with a descriptor keeps it, `-NAME` lets it go, `?N` asks for number N, and is answered
/// by `=NAME` with the descriptor or by `.` when there are no more. The kernel keeps what was sent, so a socket is safe
/// when `keep` returns, whatever becomes of the daemon.
package struct DescriptorStore: Sendable {
    package static let variable = "MSCTL_FDSTORE"

    private let socket: Int32

    package struct Entry: Sendable {
        package let name: String
        /// Close-on-exec; the receiver's to close.
        package let descriptor: Int32
    }

    /// The store of the shim that has started this process; nil when nobody offers one.
    package static func inherited() -> DescriptorStore? {
        guard let text = getenv(variable), let descriptor = Int32(String(cString: text)) else { return nil }
        unsetenv(variable)
        // Nothing that the daemon starts is to have it.
        guard clinux_close_on_exec(descriptor) == 0 else { return nil }
        return DescriptorStore(socket: descriptor)
    }

    /// - Parameter socket: a connected end of a pair; a shim that does not answer for two seconds is given up.
    package init(socket: Int32) {
        self.socket = socket
        clinux_socket_timeouts(socket, 2)
    }

    package func keep(_ descriptor: Int32, as name: String) { send("+\(name)", descriptor) }

    package func forget(_ name: String) { send("-\(name)") }

    /// What a daemon before this one has kept.
    package func entries() -> [Entry] {
        var entries: [Entry] = []
        var buffer = [UInt8](repeating: 0, count: 512)
        while entries.count < 10_000, send("?\(entries.count)") {
            var descriptor: Int32 = -1
            let length = clinux_receive(socket, &buffer, buffer.count, &descriptor, 1)
            guard length > 1, buffer[0] == UInt8(ascii: "="), descriptor >= 0 else {
                if descriptor >= 0 { close(descriptor) }
                break
            }
            entries.append(Entry(name: String(decoding: buffer[1..<length], as: UTF8.self), descriptor: descriptor))
        }
        return entries
    }

    /// Without the shim the sockets live as long as this daemon does: nothing else is lost.
    @discardableResult private func send(_ message: String, _ descriptor: Int32 = -1) -> Bool {
        var message = message
        return message.withUTF8 { clinux_send(socket, $0.baseAddress, $0.count, descriptor) } > 0
    }
}
