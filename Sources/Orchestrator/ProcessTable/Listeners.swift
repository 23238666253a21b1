import CLinux

/// The listening TCP sockets of this machine, as one look at /proc/net gave them (proc(5)).
package struct Listeners: Sendable {
    /// What accepts connections on a port.
    package struct Listener: Sendable, Hashable {
        /// Names the socket in /proc/PID/fd.
        package let inode: UInt64
        /// The user it belongs to.
        package let user: UInt32
    }

    /// How well an address fits 127.0.0.1: the kernel gives a connection to the best.
    private enum Fit: Int, Comparable {
        case anySix, anyFour, loopback
        static func < (a: Fit, b: Fit) -> Bool { a.rawValue < b.rawValue }
    }

    private var ports: [UInt16: (fit: Fit, listeners: [Listener])] = [:]

    package init() {
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] { read(path) }
    }

    /// Who accepts connections to 127.0.0.1 on a port: nobody, one socket, or several that share it by SO_REUSEPORT.
    package func onLoopback(_ port: UInt16) -> [Listener] { ports[port]?.listeners ?? [] }

    /// Listening sockets come first in the table; what follows them, which may be a hundred thousand connections, is not
    /// read.
    private mutating func read(_ path: String) {
        let file = clinux_open(path, O_RDONLY, 0)
        guard file >= 0 else { return }
        defer { close(file) }
        var rest: [UInt8] = []
        var isHeading = true
        while true {
            let bytes = [UInt8](unsafeUninitializedCapacity: 32_768) { buffer, count in
                count = max(0, CLinux.read(file, buffer.baseAddress, buffer.count))
            }
            if bytes.isEmpty { return }
            rest += bytes
            while let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeFirst(end + 1)
                if isHeading {
                    isHeading = false
                } else if !add(line) {
                    return
                }
            }
        }
    }

    /// `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`; false when it is no listener.
    private mutating func add(_ line: String) -> Bool {
        let fields = line.split(separator: " ", maxSplits: 10)
        guard fields.count > 9, fields[3] == "0A" else { return false }
        let local = fields[1].split(separator: ":")
        guard local.count == 2, let fit = Self.fit(local[0]), let port = UInt16(local[1], radix: 16),
            let user = UInt32(fields[7]), let inode = UInt64(fields[9])
        else { return true }
        let known = ports[port]
        if let known, known.fit > fit { return true }
        let others = known?.fit == fit ? known?.listeners ?? [] : []
        ports[port] = (fit, others + [Listener(inode: inode, user: user)])
        return true
    }

    /// nil for an address that 127.0.0.1 does not reach. The kernel prints each 32-bit word in the machine's own order.
    private static func fit(_ address: Substring) -> Fit? {
        switch address {
        case loopback: .loopback
        case mappedLoopback: .loopback
        case "00000000": .anyFour
        case "00000000000000000000000000000000": .anySix
        default: nil
        }
    }

    private static let loopback = Substring(word(0x7F00_0001))
    /// ::ffff:127.0.0.1
    private static let mappedLoopback = Substring(word(0) + word(0) + word(0x0000_FFFF) + word(0x7F00_0001))

    private static func word(_ networkOrder: UInt32) -> String {
        let text = String(networkOrder.bigEndian, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}

extension ProcessTable {
    /// The inodes of the sockets that a process has open; nil when it has ended or is another user's.
    package static func sockets(of pid: Int32) -> Set<UInt64>? {
        let directory = "/proc/\(pid)/fd"
        guard access(directory, R_OK) == 0 else { return nil }
        var inodes: Set<UInt64> = []
        for descriptor in ProcFile.numbers(in: directory) {
            guard let target = ProcFile.link("\(directory)/\(descriptor)"), target.hasPrefix("socket:["),
                let inode = UInt64(target.dropFirst(8).dropLast())
            else { continue }
            inodes.insert(inode)
        }
        return inodes
    }

    /// The first process that has one of these sockets open; nil when those that may be looked at do not.
    package static func owner(ofAnyOf inodes: Set<UInt64>) -> PortOwner? {
        for pid in ProcFile.numbers(in: "/proc") {
            guard let sockets = sockets(of: pid), !sockets.isDisjoint(with: inodes) else { continue }
            return PortOwner(pid: pid, command: command(of: pid) ?? "?")
        }
        return nil
    }
}
