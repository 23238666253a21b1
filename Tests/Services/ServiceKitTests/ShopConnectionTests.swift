import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import ServiceKit

@Suite struct ShopConnectionTests {
    @Test func `a connection that nobody takes, since the server ends, does not end the process`() throws {
        let channel = EmbeddedChannel()
        let guards = ConnectionGuards(readiness: Readiness(), bounds: ConnectionBounds())
        let connection = ShopConnection(guards: guards) { _, _, _ in Issue.record("there was no request") }
        // What it gives is let go at once, as by a server that takes no more connections.
        try connection.setup(channel: channel, logger: Logger(label: "test")).map { _ in }.wait()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        #expect(channel.isActive)
        _ = try channel.finish()
    }
}
