import CLinux

/// Listening sockets for the service, by the protocol of sd_listen_fds(3): descriptors from 3 on, their number and names in
/// LISTEN_FDS and LISTEN_FDNAMES, which the daemon sets, and in LISTEN_PID the number of the process that they are meant
/// for, which only the child itself knows.
struct PassedSockets {
    private let count: Int32
    /// The first of them as inherited.
    private let first: Int32

    init(_ arguments: Arguments) {
        count = arguments.sockets
        first = arguments.reportsStatus ? statusDescriptor + 1 : 3
    }

    /// The first descriptor that is none of ours.
    var end: Int32 { first + count }

    /// In the child: from 3 on, without gaps, open across execve(2).
    func takeTheirPlaces() {
        guard count > 0 else {
            if first > 3 { close(statusDescriptor) }
            return
        }
        // Upwards: what is overwritten has been moved already, or is the status pipe.
        for index in 0..<count where first != 3 { dup2(first + index, 3 + index) }
        if first != 3 { close(end - 1) }
        writeOwnNumber()
    }

    /// In the shim, which is not to keep a service's port.
    func letGo() {
        for index in 0..<count { close(first + index) }
    }

    /// The daemon has left room for ten digits.
    private func writeOwnNumber() {
        let name: StaticString = "LISTEN_PID="
        var entries = clinux_environ()
        while let entry = entries?.pointee {
            if strncmp(entry, name.utf8Start, name.utf8CodeUnitCount) == 0 {
                var line = Line()
                line.append(Int64(getpid()))
                line.copy(to: entry + name.utf8CodeUnitCount, room: strlen(entry) - name.utf8CodeUnitCount)
                return
            }
            entries = entries.map { $0 + 1 }
        }
    }
}
