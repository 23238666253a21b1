import ServiceKit
import Testing

@testable import user_service

@Suite struct BcryptTests {
    @Test(arguments: [
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true),
        ("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", true),
        ("U*U*U", "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", true),
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", false),
    ])
    func `hashes are the bcrypt everybody else computes`(password: String, hash: String, matches: Bool) throws {
        #expect(try Bcrypt.matches(password, hash: hash) == matches)
        #expect(try !Bcrypt.matches(password, hash: Bcrypt.unmatchable(cost: 4)))
    }

    @Test func `a refusal takes as many rounds whatever the hash's cost, and without one`() async throws {
        let metrics = MetricsRegistry()
        let hasher = PasswordHasher(cost: 7, rounds: metrics.counter("rounds_total", "Rounds."))
        func rounds() -> Int {
            metrics.text().split(separator: "\n").last?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }
        for cost in 4...7 {
            let hash = try Bcrypt.hash("correct horse battery", cost: cost)
            let before = rounds()
            #expect(try await !hasher.verify("wrong password", against: hash))
            #expect(rounds() - before == 128)
            #expect(try await hasher.verify("correct horse battery", against: hash))
            #expect(rounds() - before == 128 + 1 << cost)
        }
        let before = rounds()
        #expect(try await !hasher.verify("wrong password", against: nil))
        #expect(rounds() - before == 128)
        try await hasher.stop()
    }
}
