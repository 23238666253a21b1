import HTTPTypes
import HummingbirdTesting
import References
import ServiceTestSupport
import Testing

@testable import ServiceKit

/// The public suite: what it says is no JSON is a 400, and nothing in it is a 5xx.
@Suite(.needs(.jsonTestSuite)) struct JSONTestSuiteTests {
    /// Valid, says the suite, with a name twice; refused here, since parsers disagree about what that means.
    private static let namesTwice: Set<String> = [
        "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
    ]

    @Test func `the suite is whole, with what is nested a hundred thousand deep`() throws {
        let suite = try JSONTestSuite()
        #expect([suite.invalid.count, suite.valid.count, suite.undecided.count] == [188, 95, 35])
        #expect(suite.invalid["n_structure_100000_opening_arrays.json"] == [UInt8](repeating: 0x5B, count: 100_000))
    }

    @Test func `the parser takes what is JSON and refuses what is not`() throws {
        let suite = try JSONTestSuite()
        for (name, document) in suite.invalid {
            #expect(throws: JSONSyntaxError.self, "\(name)") { try JSONParser.parse(document) }
        }
        let refused = suite.valid.filter { (try? JSONParser.parse($0.value)) == nil }
        #expect(Set(refused.keys) == Self.namesTwice)
        for name in Self.namesTwice {
            let document = try #require(suite.valid[name])
            #expect(throws: JSONSyntaxError.duplicateName(offset: 9)) { try JSONParser.parse(document) }
        }
    }

    @Test func `a service answers all that is no JSON with 400, what is JSON with what it says, and goes on`()
        async throws
    {
        let suite = try JSONTestSuite()
        let parts = ServiceParts(routes: [
            .post("/things", access: .anyone) { request, _ in .json(.created, try await request.json(limit: 1 << 20)) }
        ])
        try await buildApplication(parts, in: .test()).test(.live) { client in
            for (name, document) in suite.invalid {
                let reply = try await client.send(.post, "/things", bytes: document)
                #expect(reply.status == 400, "\(name)")
                #expect(reply.body["type"] == "malformed-json", "\(name)")
            }
            for (name, document) in suite.valid {
                let status = try await client.send(.post, "/things", bytes: document).status
                #expect(status == (Self.namesTwice.contains(name) ? 400 : 201), "\(name)")
            }
            for (name, document) in suite.undecided {
                let status = try await client.send(.post, "/things", bytes: document).status
                #expect([201, 400].contains(status), "\(name): \(status)")
            }
        }
    }
}
