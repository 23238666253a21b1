import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

/// Rows that have an owner, at routes whose rule is that of a holder.
@Suite struct OwnershipTests {
    private static let owner = UUID()
    private let mint = TokenMint()
    private let logs = LogCapture()

    private func ask(
        _ access: AccessRule, as account: UUID? = owner, roles: Set<Principal.Role> = [.user],
        _ handler: @escaping Route.Handler
    ) async throws -> TestReply {
        let route = Route.get("/things/:id", access: access, handler)
        let parts = ServiceParts(routes: [route], authenticator: mint.authenticator())
        let authorization =
            if let account { "Bearer \(try mint.token(for: account, roles: roles))" } else {
                "Service \(TokenMint.credential)"
            }
        let holder = Reply()
        try await buildApplication(parts, in: .test(logs: logs)).test(.router) { client in
            await holder.set(try await client.send(.get, "/things/one", authorization: authorization))
        }
        return try #require(await holder.reply)
    }

    private actor Reply {
        private(set) var reply: TestReply?
        func set(_ reply: TestReply) { self.reply = reply }
    }

    private func errors() throws -> [JSONValue] { try logs.events().filter { $0["level"] == "error" } }

    private static let reading: Route.Handler = { _, context in
        guard try context.mayReach(owner) else { throw Problem.notFound }
        return .json(.ok, "seen")
    }

    private static let listing: Route.Handler = { _, context in
        switch try context.reach() {
        case .all: .json(.ok, "all")
        case .account(let id): .json(.ok, .string(id.text))
        }
    }

    @Test func `a holder reaches his own rows, an operator everybody's`() async throws {
        #expect(try await ask(.holder, Self.reading).status == 200)
        #expect(try await ask(.holder, as: UUID(), Self.reading).status == 404)
        #expect(try await ask(.holder, as: UUID(), roles: [.user, .operator], Self.reading).status == 200)
        #expect(try await ask(.holder, as: nil, Self.reading).status == 403)
        #expect(try await ask(.holder.or(.service), as: nil, Self.reading).status == 200)

        let somebody = UUID()
        #expect(try await ask(.holder, as: somebody, Self.listing).body == .string(somebody.text))
        #expect(try await ask(.holder, as: somebody, roles: [.operator], Self.listing).body == "all")
        #expect(try await ask(.holder.or(.service), as: nil, Self.listing).body == "all")
        #expect(try errors() == [])
    }

    @Test func `an answer whose handler did not ask whose rows it may show is withheld, and logged`() async throws {
        let reply = try await ask(.holder) { _, _ in .json(.ok, "a secret of somebody else") }
        #expect(reply.status == 500)
        #expect(!reply.text.contains("secret"))
        let errors = try errors()
        #expect(errors.count == 1)
        #expect(errors.first?["route"] == "/things/:id")
        for status in [HTTPResponse.Status.noContent, .notModified] {
            #expect(try await ask(.holder) { _, _ in Response(status: status) }.status == 500)
        }
    }

    @Test func `an operator's question is asked as well, and what is no success needs none`() async throws {
        #expect(try await ask(.holder, roles: [.operator]) { _, _ in .json(.ok, "seen") }.status == 500)
        #expect(try await ask(.holder) { _, _ in throw Problem.notFound }.status == 404)
        #expect(try await ask(.holder) { _, _ in .json(.conflict, "not now") }.status == 409)
    }

    @Test func `where the rule says nothing of owners a question has no answer`() async throws {
        for rule in [AccessRule.account, .account.or(.operator), .anyone] {
            #expect(try await ask(rule, Self.reading).status == 500)
        }
        #expect(try errors().count == 3)
    }
}
