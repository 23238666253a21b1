import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

/// What the time of a refused login tells: nothing (D05).
@Suite struct LoginTimeTests {
    @Test func `unknown people and wrong passwords take the same time and get the same bytes`() async throws {
        // A cost at which a hash takes far longer than everything around it.
        let fixture = try Fixture(cost: 7)
        try await fixture.serveLive { client in
            for number in 0..<20 { _ = try await client.register("person\(number)") }
            var (known, unknown): ([Duration], [Duration]) = ([], [])
            var answers: Set<[String]> = []
            for number in 0..<200 {
                let address = "203.0.113.\(number)"
                for login in ["person\(number % 20)", "nobody\(number)"] {
                    let start = ContinuousClock.now
                    let reply = try await client.refusedLogIn(login, from: address)
                    let time = start.duration(to: .now)
                    if login.hasPrefix("person") { known.append(time) } else { unknown.append(time) }
                    answers.insert([reply.text] + fields(reply))
                }
            }
            #expect(answers.count == 1, "\(answers)")
            let ratio = median(known) / median(unknown)
            #expect((0.8...1.25).contains(ratio), "\(median(known)) to \(median(unknown))")
        }
    }

    private func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }

    private func fields(_ reply: TestReply) -> [String] {
        reply.headers.filter { !["x-request-id", "date"].contains($0.name.rawName.lowercased()) }.map(\.description)
    }
}

extension TestClientProtocol {
    /// A login with a wrong password, as the gateway passes it on, in a trace that is always the same.
    fileprivate func refusedLogIn(_ login: String, from address: String) async throws -> TestReply {
        let (forwarded, trace) = (HTTPField.Name("X-Forwarded-For"), HTTPField.Name("traceparent"))
        return try await send(
            .post, "/api/users/login", ["login": .string(login), "password": "wrong password"],
            headers: [
                try #require(forwarded): address,
                try #require(trace): "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ])
    }
}
