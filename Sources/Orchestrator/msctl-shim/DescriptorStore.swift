import CLinux

/// Open sockets that the daemon keeps here beyond its own death, under names of its own. The daemon has one end of a pair of
/// Unix sockets; what it may say is described at `DescriptorStore` in the supervisor.
struct DescriptorStore {
    private struct Entry {
        let name: UnsafeMutablePointer<UInt8>
        let length: Int
        let descriptor: Int32
    }

    /// In the child; MSCTL_FDSTORE says so.
    static let childDescriptor: Int32 = 3

    private var entries: [Entry] = []
    private var own: Int32 = -1
    /// The daemon's end, until it has been started.
    private(set) var daemons: Int32 = -1
    private let message = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.longest)

    /// A message: its kind and a name.
    private static let longest = 512

    /// A fresh pair for a daemon that is about to start. What it says comes with SIGIO.
    mutating func connect() {
        var ends: (own: Int32, daemons: Int32) = (-1, -1)
        _ = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_packet_pair($0) }
        }
        (own, daemons) = ends
        _ = clinux_signal_when_readable(own)
    }

    /// In the shim, once the daemon has its end.
    mutating func daemonHasStarted() {
        close(daemons)
        daemons = -1
    }

    /// The daemon has ended: what it said last is heard, then its line is closed.
    mutating func disconnect() {
        serve()
        close(own)
        own = -1
    }

    /// Everything that waits to be heard.
    mutating func serve() {
        while true {
            var descriptor: Int32 = -1
            let length = clinux_receive(own, message, Self.longest, &descriptor, 0)
            guard length > 0 else { return }
            switch message[0] {
            case 0x2B where descriptor >= 0: keep(length - 1, descriptor)  // +
            case 0x2D: forget(length - 1)  // -
            case 0x3F: answer(length - 1)  // ?
            default: if descriptor >= 0 { close(descriptor) }
            }
        }
    }

    private mutating func keep(_ length: Int, _ descriptor: Int32) {
        forget(length)
        let name = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.longest)
        memcpy(name, message + 1, length)
        entries.append(Entry(name: name, length: length, descriptor: descriptor))
    }

    private mutating func forget(_ length: Int) {
        var index = 0
        while index < entries.count {
            let entry = entries[index]
            if entry.length == length, memcmp(entry.name, message + 1, length) == 0 {
                close(entry.descriptor)
                entry.name.deallocate()
                entries.remove(at: index)
                return
            }
            index += 1
        }
    }

    /// One entry for one question: nothing ever waits for a daemon to read.
    private func answer(_ length: Int) {
        var number = 0
        for index in 0..<length { number = number &* 10 &+ Int(message[1 + index]) &- 0x30 }
        guard number >= 0, number < entries.count else {
            message[0] = 0x2E  // .
            _ = clinux_send(own, message, 1, -1)
            return
        }
        let entry = entries[number]
        message[0] = 0x3D  // =
        memcpy(message + 1, entry.name, entry.length)
        _ = clinux_send(own, message, 1 + entry.length, entry.descriptor)
    }
}
