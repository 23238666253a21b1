import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct DeadlineTests {
    @Test(arguments: [(nil, 10_000), ("5000", 5000), ("600000", 10_000)])
    func `upstream learns what is left of the shorter time`(sent: String?, most: Int) async throws {
        try await withGateway(before: Echo.answer) { client, _ in
            var headers = HTTPFields()
            headers[CallDeadline.field] = sent
            let reply = try await client.send(.get, "/api/users", headers: headers)
            #expect(reply.status == 200)
            let left = try #require(reply.body["fields"]?["x-request-deadline-ms"]?.string.flatMap { Int($0) })
            #expect((1...most).contains(left))
        }
    }

    @Test func `for a request whose time is over nothing is done`() async throws {
        let handler: Route.Handler = { _, _ in
            Issue.record("the upstream was called")
            return .noContent
        }
        try await withGateway(before: handler) { client, _ in
            let reply = try await client.send(.post, "/api/users", ["n": 1], headers: [CallDeadline.field: "0"])
            #expect(reply.status == 504)
            #expect(reply.body["type"] == "deadline-expired")
        }
    }

    @Test(arguments: ["x", "-1", "1.5", "+1", "1 000", "1234567890"])
    func `a deadline that is no number is refused`(text: String) async throws {
        try await withGateway(before: Echo.answer) { client, _ in
            let reply = try await client.send(.get, "/api/users", headers: [CallDeadline.field: text])
            #expect(reply.status == 400)
            #expect(reply.body["type"] == "malformed-request")
        }
    }
}
