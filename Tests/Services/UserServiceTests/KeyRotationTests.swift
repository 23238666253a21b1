import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

/// The signing keys change while people are logged in.
@Suite struct KeyRotationTests {
    private static let keys = [3, 5, 7].map { factor in Base64URL.encode((1...32).map { UInt8($0 * factor) }) }

    @Test func `two rotations log nobody out and forget no request`() async throws {
        let fixture = try Fixture()
        let (a, b, c) = (Self.keys[0], Self.keys[1], Self.keys[2])
        try fixture.directory.write("key", a)
        let session = Holder<Tokens>()
        try await fixture.serve { client in
            session.value = try Tokens(try await client.logIn("operator", Fixture.operatorPassword))
            #expect(try await client.register("ann", key: "k").status == 201)
        }
        for lines in ["\(a)\n\(b)\n", "\(b)\n\(a)\n", "\(b)\n\(c)\n", "\(c)\n\(b)\n"] {
            try fixture.directory.write("key", lines)
            try await fixture.serve { client in
                let before = try #require(session.value)
                let reply = try await client.refresh(before.refresh)
                #expect(reply.status == 200)
                session.value = try Tokens(reply)
                #expect(try await client.register("ann", key: "k").status == 201)
            }
        }
        let messages = try fixture.logs.events().compactMap { $0["message"]?.string }
        #expect(messages.filter { $0.hasPrefix("operator") } == ["operator account created"])
        #expect(messages.filter { $0 == "account registered" }.count == 1)
    }

    @Test func `another password is noticed under any key`() async throws {
        let fixture = try Fixture()
        try fixture.directory.write("key", Self.keys[0])
        try await fixture.serve { _ in }
        try fixture.directory.write("key", "\(Self.keys[1])\n\(Self.keys[0])\n")
        try fixture.directory.write("operator", "the operator's second password")
        try await fixture.serve { client in
            let old = try await client.logIn("operator", Fixture.operatorPassword)
            #expect(old.status == 401)
            #expect(try await client.logIn("operator", "the operator's second password").status == 200)
        }
    }
}
