import NIOCore
import NIOPosix

/// A connection on which a test writes exactly the bytes it wants.
package struct RawConnection {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    package private(set) var received = ""

    package static func open(
        port: Int, _ test: @escaping @Sendable (inout RawConnection) async throws -> Void
    ) async throws {
        // The other side may end its direction first, as servers do that wait for us to read.
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(outbound: outbound, inbound: inbound.makeAsyncIterator())
            try await test(&connection)
        }
    }

    package func write(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Writes, and then nothing more: this direction is closed.
    package func finish(_ text: String) async throws {
        try await write(text)
        outbound.finish()
    }

    /// Reads until `text` has come or the other side closes; false in the latter case.
    @discardableResult
    package mutating func read(until text: String) async throws -> Bool {
        while !received.contains(text) {
            guard let part = try await inbound.next() else { return false }
            received += String(buffer: part)
        }
        return true
    }

    /// Forgets what has come so far.
    package mutating func clear() {
        received = ""
    }
}
