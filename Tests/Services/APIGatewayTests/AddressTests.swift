import ServiceKit
import Testing

@testable import api_gateway

@Suite struct AddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:1::2", "2001:db8:0:1::2", "2001:db8:0:1::"), ("::1", "::1", "::"),
    ])
    func `an address has one spelling, and a client of IPv6 a whole network`(
        text: String, spelling: String, client: String
    ) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == spelling)
        #expect(address.client.description == client)
    }

    @Test(arguments: ["", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]", "::g", "unknown", "shop.example"])
    func `what is no address is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3/8", "10.9.9.9", true),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "192.0.2.1", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "::1", true), ("2001:db8::/32", "2001:db8:1::", true),
        ("2001:db8::/32", "2001:db9::", false), ("::1", "::1", true), ("127.0.0.0/8", "::ffff:127.0.0.1", true),
    ])
    func `a range holds what begins as it does`(range: String, address: String, isInside: Bool) throws {
        let range = try #require(AddressRange(range))
        let address = try #require(IPAddress(address))
        #expect(range.contains(address) == isInside)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "10/8", "proxy"])
    func `what is no range is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.1", ["192.0.2.1"], "192.0.2.1"), ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, 192.0.2.1"], "192.0.2.1"), ("10.0.0.1", ["203.0.113.9", "192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["192.0.2.1, 10.0.0.2,10.0.0.3"], "192.0.2.1"), ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["192.0.2.1, unknown"], "10.0.0.1"), ("10.0.0.1", ["192.0.2.1:4711"], "192.0.2.1"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"), ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", ["192.0.2.1, "], "10.0.0.1"), ("192.0.2.7", ["192.0.2.1"], "192.0.2.7"),
    ])
    func `the client is the last address that no proxy of ours has`(
        peer: String, values: [String], client: String
    ) throws {
        let proxies = try #require(TrustedProxies(list: "10.0.0.0/8, ::1"))
        let peer = try #require(IPAddress(peer))
        #expect(proxies.client(behind: peer, forwardedFor: values).description == client)
    }
}
