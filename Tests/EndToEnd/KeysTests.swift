import CurlClient
import Foundation
import StateDirectory
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Another key for the shop's tokens while people are logged in.
@Suite(.timeLimit(.minutes(3)), .serialized) struct KeysTests {
    @Test func `a rotation interrupts nobody, and new logins have a new key`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let people = try ShopPeople(shop)
        let before = try await people.register("ada")
        try await shop.expect(0, "user", "list", "-q")

        let isRotating = Flag()
        async let strangers = people.statuses(of: before, while: isRotating)
        let rotated = try await shop.start(["keys", "rotate"]).result()
        isRotating.lower()
        #expect(rotated.code == 0 && rotated.errors.contains("token-signing-key rotated; user-service restarted"))
        #expect(try await strangers == [200], "\(rotated)")

        let after = try await people.logIn("ada")
        #expect(before.split(separator: ".")[0] != after.split(separator: ".")[0])
        #expect(try await people.statuses(of: before) == [200])
        #expect(try await people.statuses(of: after) == [200])
        #expect(try await people.publishedKeys() == 2)

        try await shop.expect(0, "user", "list", "-q")
        let logs = try await shop.expect(0, "logs", "user-service").output
        #expect(!logs.contains("operator password changed"))
        let again = try await shop.expect(1, "keys", "rotate")
        #expect(again.errors.contains("less than 900s ago"), "\(again)")
        #expect(try await people.publishedKeys() == 2)

        try await shop.expect(0, "stop", "user-service")
        try await shop.expect(0, "keys", "rotate", "--force")
        let row = try #require(try await shop.status().first { $0["service"] as? String == "user-service" })
        #expect(row["state"] as? String == "stopped", "what is stopped stays so")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test(arguments: ["operator-password", "service-credential", "nonsense"])
    func `a secret whose readers take one value is not rotated`(secret: String) async throws {
        let shop = try ProjectUnderTest(shop: ())
        let store = SecretStore(layout: shop.layout)
        try store.generate("operator-password")
        try store.generate("service-credential")
        let before = try ["operator-password", "service-credential"].map(store.read)
        let refused = try await shop.expect(64, "keys", "rotate", secret, "--force")
        #expect(refused.errors.contains("token-signing-key can be rotated"), "\(refused)")
        #expect(try ["operator-password", "service-credential"].map(store.read) == before)
    }

    @Test func `where nothing runs the file alone is changed, and one at a time`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(1, "keys", "rotate")
        try SecretStore(layout: shop.layout).generate("token-signing-key")
        let rotation = KeyRotation(of: "token-signing-key", in: shop.layout)
        let first = try rotation.keys()
        do {
            let lock = try rotation.lock()
            defer { withExtendedLifetime(lock) {} }
            let refused = try await shop.expect(1, "keys", "rotate")
            #expect(refused.errors.contains("another 'msctl keys rotate' is at work"), "\(refused)")
            #expect(try rotation.keys() == first)
        }

        // Somebody was interrupted after the first step.
        try rotation.publish()
        let published = try rotation.keys()
        try await shop.expect(0, "keys", "rotate")
        #expect(try rotation.keys() == published.reversed())
        try await shop.expect(1, "keys", "rotate")
        try await shop.expect(0, "keys", "rotate", "--lifetime", "0s")
        #expect(try rotation.keys()[1] == published[1])
        shop.expectNothingLeft()
    }
}

/// Whether something still goes on.
private final class Flag: Sendable {
    private let raised = Mutex(true)
    var isUp: Bool { raised.withLock(\.self) }
    func lower() { raised.withLock { $0 = false } }
}

/// People who speak to the gateway themselves.
private struct ShopPeople: Sendable {
    private struct Unexpected: Error {
        let status: Int
    }

    private let gateway: String
    private let users: String
    private let client: CurlClient

    init(_ shop: ProjectUnderTest) throws {
        gateway = shop.gateway
        users = "http://127.0.0.1:\(shop.ports["USER_SERVICE_PORT"] ?? 0)"
        client = try CurlClient()
    }

    func register(_ name: String) async throws -> String {
        try await token(
            "register", #"{"username":"\#(name)","email":"\#(name)@example.org","password":"correct horse battery"}"#)
    }

    func logIn(_ name: String) async throws -> String {
        try await token("login", #"{"login":"\#(name)","password":"correct horse battery"}"#)
    }

    private func token(_ path: String, _ body: String) async throws -> String {
        var request = CurlRequest(method: "POST", url: "\(gateway)/api/users/\(path)")
        request.headers = [("Content-Type", "application/json")]
        request.body = Array(body.utf8)
        let response = try await client.send(request)
        let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard let token = object?["token"] as? String else { throw Unexpected(status: response.status) }
        return token
    }

    /// What the user-service and another service say to a token, once, or again and again.
    func statuses(of token: String, while flag: Flag? = nil) async throws -> Set<Int> {
        var statuses: Set<Int> = []
        repeat {
            for path in ["/api/users/me", "/api/orders"] {
                var request = CurlRequest(method: "GET", url: gateway + path)
                request.headers = [("Authorization", "Bearer \(token)")]
                statuses.insert(try await client.send(request).status)
            }
            // Ten people, not a flood that would slow the restart down.
            if flag != nil { try await Task.sleep(for: .milliseconds(20)) }
        } while flag?.isUp == true
        return statuses
    }

    func publishedKeys() async throws -> Int? {
        let response = try await client.send(CurlRequest(url: "\(users)/.well-known/jwks.json"))
        let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return (object?["keys"] as? [Any])?.count
    }
}
