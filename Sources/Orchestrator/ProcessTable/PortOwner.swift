/// Who listens on a TCP port.
package struct PortOwner: Sendable, Hashable {
    package let pid: Int32
    /// Program and arguments.
    package let command: String
}

/// Somebody who listens where others should.
package struct PortIntruder: Sendable, Hashable {
    /// nil when it is a process of another user.
    package let owner: PortOwner?
}

extension ProcessTable {
    /// The process that listens on `port`, on any address; nil when nobody does or its owner is another user's.
    package static func portOwner(_ port: UInt16) -> PortOwner? {
        let inodes = listeningInodes(port)
        guard !inodes.isEmpty else { return nil }
        let wanted = Set(inodes.map { "socket:[\($0)]" })
        for pid in ProcFile.numbers(in: "/proc") {
            for descriptor in ProcFile.numbers(in: "/proc/\(pid)/fd") {
                guard let target = ProcFile.link("/proc/\(pid)/fd/\(descriptor)"), wanted.contains(target) else {
                    continue
                }
                return PortOwner(pid: pid, command: command(of: pid) ?? "?")
            }
        }
        return nil
    }

    /// Who listens on `port` although it is meant for `processes`; nil when they do, or nobody. A socket that one of them
    /// has open is theirs, whoever else was handed it.
    package static func intruder(on port: UInt16, meantFor processes: some Sequence<Int32>) -> PortIntruder? {
        var inodes = Set(listeningInodes(port).compactMap { UInt64($0) })
        for pid in processes where !inodes.isEmpty { inodes.subtract(sockets(of: pid) ?? []) }
        return inodes.isEmpty ? nil : PortIntruder(owner: owner(ofAnyOf: inodes))
    }

    /// Whether anybody listens on `port`.
    package static func isListening(_ port: UInt16) -> Bool { !listeningInodes(port).isEmpty }

    /// The inodes of the sockets in state LISTEN (0A) on a port, IPv4 and IPv6.
    private static func listeningInodes(_ port: UInt16) -> [Substring] {
        let hex = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - hex.count) + hex
        return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path -> [Substring] in
            guard let bytes = ProcFile.bytes(path, limit: 1 << 26) else { return [] }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().compactMap { line in
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                guard fields.count > 9, fields[3] == "0A", fields[1].hasSuffix(suffix) else { return nil }
                return fields[9]
            }
        }
    }
}
