import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

@Suite struct ThrottleTests {
    @Test func `of a thousand wrong passwords ten are hashed, and the owner logs in from elsewhere`() async throws {
        let fixture = try Fixture()
        try await fixture.serveLive { client in
            _ = try await client.register("ann")
            let before = try await client.checks()
            var statuses: [Int: Int] = [:]
            for number in 0..<1000 {
                let reply = try await client.logIn("ann", "wrong \(number)", from: "203.0.113.7")
                statuses[reply.status, default: 0] += 1
            }
            #expect(statuses == [401: 10, 429: 990])
            #expect(try await client.checks() - before == 10)
            #expect(try await client.logIn("ann", Fixture.password, from: "203.0.113.7").status == 429)
            #expect(try await client.logIn("ann", Fixture.password, from: "198.51.100.1").status == 200)
            #expect(try await client.logIn("ann", Fixture.password, from: "2001:db8::1").status == 200)
        }
    }

    @Test func `who waits as long as he is told may try again, and the wait doubles`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            _ = try await client.register("ann")
            for _ in 0..<10 { #expect(try await client.logIn("ann", "wrong password").status == 401) }
            for wait in [1, 2, 4, 8] {
                let refused = try await client.logIn("ann")
                #expect(refused.status == 429)
                #expect(refused.body["type"] == "too-many-attempts")
                #expect(refused.headers[.retryAfter] == "\(wait)")
                fixture.instant.advance(by: .seconds(wait))
                #expect(try await client.logIn("ann", "wrong password").status == 401)
            }
            fixture.instant.advance(by: .seconds(300))
            #expect(try await client.logIn("ann").status == 200, "nobody is locked out for good")
            #expect(try await client.logIn("ann", "wrong password").status == 401, "and what was is forgiven")
            #expect(try await client.logIn("ann").status == 200)
        }
    }

    @Test func `refusals say nothing of whether there is such an account`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            var last: [TestReply] = []
            for login in ["ann", "nobody"] {
                var replies: [TestReply] = []
                for _ in 0..<11 { replies.append(try await client.logIn(login, "wrong password", traced: true)) }
                #expect(replies.map(\.status) == Array(repeating: 401, count: 10) + [429])
                last.append(try #require(replies.last))
            }
            #expect(last[0].text == last[1].text)
            #expect(last[0].headers[.retryAfter] == last[1].headers[.retryAfter])
        }
    }

    @Test func `another spelling of a name is no way around`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            let spellings = ["ann", "ANN", " Ann ", "ａｎｎ"]
            for number in 0..<10 { _ = try await client.logIn(spellings[number % 4], "wrong password") }
            for spelling in spellings { #expect(try await client.logIn(spelling).status == 429) }
        }
    }

    @Test func `many at once are no way around`() async throws {
        try await withUserService { client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 { group.addTask { try await client.logIn("ann", "wrong password").status } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [401: 10, 429: 90])
        }
    }

    @Test func `one address cannot go through a list of names`() async throws {
        try await withUserService { client in
            var statuses: [Int: Int] = [:]
            for number in 0..<100 {
                statuses[try await client.logIn("person\(number)", "wrong password").status, default: 0] += 1
            }
            #expect(statuses == [401: 50, 429: 50])
        }
    }

    @Test func `an office where everybody knows his password is not slowed down`() async throws {
        try await withUserService { client in
            for number in 0..<5 { _ = try await client.register("person\(number)") }
            for number in 0..<120 { #expect(try await client.logIn("person\(number % 5)").status == 200) }
        }
    }

    @Test func `many addresses against one account make it wait two seconds at most`() async throws {
        let instant = ManualInstant()
        let throttle = LoginThrottle(now: { instant.now })
        for number in 0..<1000 {
            let address = ClientAddress(peer: "10.0.\(number / 250).\(number % 250)", forwardedFor: [])
            // Most are refused.
            _ = try? await throttle.attempt("ann", from: address) { nil as Int? }
        }
        let owner = ClientAddress(peer: "198.51.100.1", forwardedFor: [])
        let error = await #expect(throws: LoginThrottle.TooManyTries.self) {
            try await throttle.attempt("ann", from: owner) { 1 }
        }
        #expect(error.map { $0.wait <= .seconds(2) } == true)
        instant.advance(by: .seconds(2))
        #expect(try await throttle.attempt("ann", from: owner) { 1 } == 1)
    }

    @Test func `a fault of ours is held against nobody`() async throws {
        struct Down: Error {}
        let throttle = LoginThrottle(now: { ContinuousClock.now })
        let address = ClientAddress(peer: "198.51.100.1", forwardedFor: [])
        for _ in 0..<200 {
            await #expect(throws: Down.self) {
                try await throttle.attempt("ann", from: address) { () -> Int? in throw Down() }
            }
        }
        #expect(throttle.count == 0)
    }

    @Test func `memory is bounded, and those who try most are remembered longest`() async throws {
        let instant = ManualInstant()
        let throttle = LoginThrottle(capacity: 100, now: { instant.now })
        let culprit = ClientAddress(peer: "203.0.113.7", forwardedFor: [])
        for _ in 0..<10 { _ = try await throttle.attempt("ann", from: culprit) { nil as Int? } }
        for number in 0..<1000 {
            let address = ClientAddress(peer: "10.0.\(number / 250).\(number % 250)", forwardedFor: [])
            _ = try await throttle.attempt("person\(number)", from: address) { nil as Int? }
            #expect(throttle.count <= 100)
        }
        await #expect(throws: LoginThrottle.TooManyTries.self) {
            try await throttle.attempt("ann", from: culprit) { nil as Int? }
        }
    }
}

extension Fixture {
    /// Like `serve`, over real connections, which come from this machine as the gateway's do.
    func serveLive(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let (parts, runtime) = try await assemble()
        try await buildApplication(parts, in: runtime).test(.live, test)
        try parts.close()
    }
}

extension TestClientProtocol {
    /// A login as the gateway passes it on.
    func logIn(_ login: String, _ password: String, from address: String) async throws -> TestReply {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        return try await send(
            .post, "/api/users/login", ["login": .string(login), "password": .string(password)],
            headers: [name: address])
    }

    /// A login in a trace of its own, so that nothing in two answers differs for its sake.
    func logIn(_ login: String, _ password: String, traced: Bool) async throws -> TestReply {
        let name = try #require(HTTPField.Name("traceparent"))
        return try await send(
            .post, "/api/users/login", ["login": .string(login), "password": .string(password)],
            headers: traced ? [name: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"] : [:])
    }

    /// How often a password was checked.
    func checks() async throws -> Int {
        let text = try await send(.get, "/metrics").text
        let line = text.split(separator: "\n").first {
            $0.hasPrefix("shop_password_hashes_total{purpose=\"check\"}")
        }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
    }
}
