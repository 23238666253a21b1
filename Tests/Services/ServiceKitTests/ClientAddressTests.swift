import ServiceKit
import Testing

@Suite struct ClientAddressTests {
    @Test(
        arguments: [
            // The gateway is on this machine and says who it was; its entry is the last.
            ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"), ("::1", ["1.2.3.4, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", ["1.2.3.4", "203.0.113.7"], "203.0.113.7"),
            ("::ffff:127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
            // Nobody else is believed.
            ("198.51.100.1", ["203.0.113.7"], "198.51.100.1"), (nil, ["203.0.113.7"], "unknown"),
            // What is no address is none.
            ("127.0.0.1", [], "127.0.0.1"), ("127.0.0.1", ["unknown"], "127.0.0.1"), ("127.0.0.1", [""], "127.0.0.1"),
            // Of IPv6 a household has all that begin so.
            ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"), ("127.0.0.1", ["2001:db8:1:2::9"], "2001:db8:1:2::/64"),
            ("::ffff:198.51.100.1", [], "198.51.100.1"),
        ] as [(String?, [String], String)])
    func `the client is the peer, or what the gateway says of it`(peer: String?, told: [String], client: String) {
        #expect(ClientAddress(peer: peer, forwardedFor: told).text == client)
    }
}
