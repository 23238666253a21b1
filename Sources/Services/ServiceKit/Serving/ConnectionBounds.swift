import NIOCore

/// How long a client may keep a connection waiting, and how many connections there may be. Whatever a client holds here is
/// given back in the end, whether it reads and writes or not.
package struct ConnectionBounds: Sendable, Equatable {
    /// From the first byte of a request to the last of its head.
    package var head = Duration.seconds(10)
    /// Without a request, or in the middle of a body.
    package var idle = Duration.seconds(60)
    /// For the client to take what is written to it.
    package var write = Duration.seconds(30)
    /// A connection more is closed as soon as it is accepted.
    package var atOnce = 4096

    package init() {}

    /// `CLIENT_HEAD_TIMEOUT_MS`, `CLIENT_IDLE_TIMEOUT_MS`, `CLIENT_WRITE_TIMEOUT_MS`, `MAX_CONNECTIONS`.
    init(reading reader: inout ConfigurationReader) {
        let times = 100...600_000
        head = .milliseconds(reader.integer("CLIENT_HEAD_TIMEOUT_MS", in: times, default: 10_000))
        idle = .milliseconds(reader.integer("CLIENT_IDLE_TIMEOUT_MS", in: times, default: 60_000))
        write = .milliseconds(reader.integer("CLIENT_WRITE_TIMEOUT_MS", in: times, default: 30_000))
        atOnce = reader.integer("MAX_CONNECTIONS", in: 1...1_000_000, default: atOnce)
    }
}
