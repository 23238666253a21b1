import CLinux

/// Speaks to a shim's descriptor store as the daemon does: says what is kept there, then keeps one socket more and lets
/// another go.
enum StoredSockets {
    static func exercise() {
        guard let text = getenv("MSCTL_FDSTORE"), let store = Int32(String(cString: text)) else {
            FixtureService.print("no store")
            return
        }
        var number = 0
        while let entry = ask(store, number) {
            FixtureService.print("kept \(entry)")
            number += 1
        }
        keep(store, "passing")
        keep(store, "socket-\(number)")
        say(store, "-passing")
        FixtureService.print("had \(number)")
    }

    /// The entry's name, and the port of the listening socket that came with it.
    private static func ask(_ store: Int32, _ number: Int) -> String? {
        say(store, "?\(number)")
        var buffer = [UInt8](repeating: 0, count: 512)
        var descriptor: Int32 = -1
        let length = clinux_receive(store, &buffer, buffer.count, &descriptor, 1)
        guard length > 1, descriptor >= 0 else { return nil }
        var listens: Int32 = 0
        var size = socklen_t(4)
        getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size)
        return String(decoding: buffer[1..<length], as: UTF8.self) + (listens != 0 ? " listening" : "")
    }

    private static func keep(_ store: Int32, _ name: String) {
        let socket = clinux_tcp_socket(0)
        listen(socket, 1)
        say(store, "+\(name)", socket)
        close(socket)
    }

    private static func say(_ store: Int32, _ message: String, _ descriptor: Int32 = -1) {
        var message = message
        message.withUTF8 { _ = clinux_send(store, $0.baseAddress, $0.count, descriptor) }
    }
}
