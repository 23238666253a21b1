import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

/// Two instances on one database, as there are while one replaces the other.
@Suite struct TwoInstancesTests {
    @Test func `two begin at once on a new database and are one service`() async throws {
        let fixture = try Fixture()
        async let first = fixture.assemble()
        async let second = fixture.assemble()
        let (one, two) = try await (first, second)
        try await buildApplication(one.parts, in: one.runtime).test(.router) { one in
            try await buildApplication(two.parts, in: two.runtime).test(.router) { two in
                let clients = [one, two]
                #expect(try await one.logIn("operator", Fixture.operatorPassword).status == 200)
                #expect(try await two.logIn("operator", Fixture.operatorPassword).status == 200)

                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<20 { group.addTask { try await clients[number % 2].register("ann").status } }
                    return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses == [201: 1, 409: 19])

                // A token that one gave is good at the other, once.
                let token = try #require(try await one.logIn("ann").body["refreshToken"]?.string)
                async let here = one.refresh(token)
                async let there = two.refresh(token)
                #expect(try await [here, there].map(\.status).sorted() == [200, 401])
            }
        }
        try one.parts.close()
        try two.parts.close()
        #expect(try fixture.logs.events().filter { $0["message"] == "operator account created" }.count == 1)
    }
}
