import CLinux
import Foundation

/// One request with exactly these bytes, over a connection of its own; for what no client library would send.
struct RawRequest {
    let head: [UInt8]

    init(_ head: String) { self.head = Array(head.utf8) }

    /// The status of the answer; nil when there is none.
    func status(port: UInt16) -> Int? {
        let descriptor = clinux_tcp_socket(0)
        defer { close(descriptor) }
        clinux_socket_timeouts(descriptor, 10)
        guard reaches(descriptor, port), clinux_send(descriptor, head, head.count, -1) == head.count else { return nil }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        let words = String(decoding: answer.prefix(64), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]) : nil
    }

    private func reaches(_ descriptor: Int32, _ port: UInt16) -> Bool {
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
