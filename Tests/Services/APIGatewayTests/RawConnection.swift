import NIOCore
import NIOPosix

/// A connection on which a test writes exactly the bytes it wants.
struct RawConnection {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private(set) var received = ""

    static func open(
        port: Int, _ test: @escaping @Sendable (inout RawConnection) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(outbound: outbound, inbound: inbound.makeAsyncIterator())
            try await test(&connection)
        }
    }

    func write(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Reads until `text` has come or the other side closes; false in the latter case.
    @discardableResult
    mutating func read(until text: String) async throws -> Bool {
        while !received.contains(text) {
            guard let part = try await inbound.next() else { return false }
            received += String(buffer: part)
        }
        return true
    }

    /// Forgets what has come so far.
    mutating func clear() {
        received = ""
    }
}
