import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct InstanceTests {
    /// Nothing listens on port 1.
    private static let closedPort = 1

    private func pool(_ time: ManualInstant, _ ports: Int...) throws -> (InstancePool, [Endpoint]) {
        let document = ports.map { #"{"instance":"u.\#($0)","url":"http://127.0.0.1:\#($0)"}"# }
        let text = #"{"schema":"msctl.endpoints/1","services":{"u":[\#(document.joined(separator: ","))]}}"#
        let endpoints = try #require(Endpoints.parse(Array(text.utf8))?["u"])
        return (InstancePool("user-service", now: { time.now }, ready: { endpoints }), endpoints)
    }

    @Test func `the least busy instance is next, and equals take turns`() throws {
        let (pool, endpoints) = try pool(ManualInstant(), 1, 2, 3)
        let leases = (0..<5).compactMap { _ in pool.lease() }
        #expect(leases.map(\.endpoint) == [endpoints[0], endpoints[1], endpoints[2], endpoints[0], endpoints[1]])
        leases[1].end()
        leases[1].end()
        leases[4].end()
        #expect(pool.lease()?.endpoint == endpoints[1])
        leases.forEach { $0.end() }
        #expect((0..<3).compactMap { _ in pool.lease()?.endpoint.instance } == ["u.3", "u.1", "u.2"])
    }

    @Test func `an instance that refused is passed over for a second, unless it is the only one`() throws {
        let time = ManualInstant()
        let (pool, endpoints) = try pool(time, 1, 2)
        pool.passOver(endpoints[0])
        for _ in 0..<3 { #expect(pool.lease()?.endpoint == endpoints[1]) }
        #expect(pool.lease(otherThan: endpoints[1])?.endpoint == endpoints[0])
        time.advance(by: .milliseconds(999))
        #expect(pool.lease()?.endpoint == endpoints[1])
        time.advance(by: .milliseconds(1))
        #expect(pool.lease()?.endpoint == endpoints[0])
        #expect(pool.lease(otherThan: endpoints[1]) != nil)
    }

    @Test func `an instance that goes on failing is passed over, each time for longer, until all is well`() throws {
        let time = ManualInstant()
        let (pool, endpoints) = try pool(time, 1, 2, 3)
        let sick = endpoints[0]
        /// Whether it is among the next three choices.
        func isChosen() -> Bool { (0..<3).compactMap { _ in pool.lease() }.contains { $0.endpoint == sick } }
        for _ in 1..<InstancePool.failureLimit { pool.report(sick, .failed) }
        pool.report(sick, .well)
        for _ in 1..<InstancePool.failureLimit { pool.report(sick, .failed) }
        #expect(isChosen(), "it has not failed often enough")
        var length = Duration.seconds(1)
        for _ in 0..<8 {
            pool.report(sick, .failed)
            pool.report(sick, .failed)
            time.advance(by: length - .milliseconds(1))
            #expect(!isChosen(), "\(length)")
            time.advance(by: .milliseconds(1))
            #expect(isChosen(), "\(length)")
            length = min(length * 2, .seconds(30))
        }
        pool.report(sick, .well)
        for _ in 0..<InstancePool.failureLimit { pool.report(sick, .failed) }
        time.advance(by: .seconds(1))
        #expect(isChosen(), "it begins anew")
    }

    @Test func `a lease ends, reports and passes over at its instance, however often that is announced anew`() throws {
        let time = ManualInstant()
        let list = (1...3).map { #"{"instance":"u.\#($0)","url":"http://127.0.0.1:\#($0)"}"# }.joined(separator: ",")
        let document = Array(#"{"schema":"msctl.endpoints/1","services":{"u":[\#(list)]}}"#.utf8)
        let pool = InstancePool("u", now: { time.now }, ready: { Endpoints.parse(document)?["u"] ?? [] })
        let leases = (0..<3).compactMap { _ in pool.lease() }
        let sick = try #require(leases.first)
        /// Who is chosen next, again and again.
        func chosen() -> Set<String> { Set((0..<3).compactMap { _ in pool.lease()?.endpoint.instance }) }
        leases[1].end()
        #expect(chosen() == ["u.2"])
        leases.forEach { $0.end() }
        #expect(chosen() == ["u.1", "u.2", "u.3"])
        for _ in 1..<InstancePool.failureLimit { sick.report(.failed) }
        sick.report(.well)
        for _ in 1..<InstancePool.failureLimit { sick.report(.failed) }
        #expect(chosen() == ["u.1", "u.2", "u.3"])
        pool.report(sick.endpoint, .failed)
        #expect(chosen() == ["u.2", "u.3"])
        leases[1].passOver()
        #expect(chosen() == ["u.3"])
    }

    @Test(arguments: [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2)])
    func `at most half of the instances are passed over for failing`(count: Int, most: Int) throws {
        let time = ManualInstant()
        let list = (1...count).map { #"{"instance":"u.\#($0)","url":"http://127.0.0.1:\#($0)"}"# }
        let document = #"{"schema":"msctl.endpoints/1","services":{"u":[\#(list.joined(separator: ","))]}}"#
        let endpoints = try #require(Endpoints.parse(Array(document.utf8))?["u"])
        let pool = InstancePool("user-service", now: { time.now }, ready: { endpoints })
        _ = (0..<count).compactMap { _ in pool.lease() }
        for endpoint in endpoints {
            for _ in 0..<InstancePool.failureLimit { pool.report(endpoint, .failed) }
        }
        let chosen = (0..<(2 * count)).compactMap { _ in pool.lease() }
        #expect(Set(chosen.map(\.endpoint)).count == count - most)
    }

    @Test func `requests follow the endpoints file`() async throws {
        try await withUpstream(Echo.named("one")) { one in
            try await withUpstream(Echo.named("two")) { two in
                let fixture = try Fixture()
                try await fixture.serve { client in
                    let none = try await client.send(.get, "/api/users")
                    #expect(none.status == 503)
                    #expect(none.body["type"] == "no-instance")
                    #expect(none.headers[.retryAfter] == "1")
                    try fixture.publish([.users: [one]])
                    for _ in 0..<3 { #expect(try await client.send(.get, "/api/users").body == "one") }
                    try fixture.publish([.users: [one, two]])
                    var names: [String?] = []
                    for _ in 0..<4 { names.append(try await client.send(.get, "/api/users").body.string) }
                    #expect(names.filter { $0 == "one" }.count == 2 && names.filter { $0 == "two" }.count == 2)
                    let health = try await client.send(.get, "/health")
                    #expect(health.status == 200)
                    #expect(
                        health.body["checks"]?["upstreams"]
                            == ["user-service": 2, "product-service": 0, "order-service": 0])
                    try fixture.publish([:])
                    #expect(try await client.send(.get, "/api/users").status == 503)
                    #expect(try await client.send(.get, "/health").status == 200)
                }
            }
        }
    }

    @Test func `a refused connection is made to another instance, whatever the method`() async throws {
        try await withUpstream(Echo.answer) { port in
            let fixture = try Fixture()
            try await fixture.serve { client in
                try fixture.publish([.users: [Self.closedPort, port]])
                let reply = try await client.send(.post, "/api/users", ["n": 1])
                #expect(reply.status == 200)
                #expect(reply.body["body"] == #"{"n":1}"#)
                #expect(try await client.send(.post, "/api/users", ["n": 2]).status == 200)
                let lines = try await fixture.accessLines(2)
                #expect(lines.map { $0["upstream"] } == ["user-service.2", "user-service.2"])
                #expect(lines.map { $0["upstreamTries"] } == [2, nil])
                try fixture.publish([.users: [Self.closedPort]])
                let unreachable = try await client.send(.get, "/api/users")
                #expect(unreachable.status == 502)
                #expect(unreachable.body["type"] == "upstream-unreachable")
                let metrics = try await client.send(.get, "/metrics").text
                let name = "http_client_request_duration_seconds_count"
                let labels = #"http_request_method="POST",server_address="user-service""#
                #expect(metrics.contains(#"\#(name){\#(labels),error_type="unreachable"} 1"#))
                #expect(metrics.contains(#"\#(name){\#(labels),http_response_status_code="200"} 2"#))
            }
        }
    }

    @Test func `a connection that breaks is tried elsewhere only when it may be done twice`() async throws {
        try await ScriptedServer.run("") { broken in
            try await withUpstream(Echo.named("well")) { well in
                for (method, status) in [(HTTPRequest.Method.get, 200), (.delete, 200), (.post, 502), (.patch, 502)] {
                    // A gateway of its own, so that the first instance has its turn; and a connection of its own, since
                    // a refusal may close it.
                    let fixture = try Fixture()
                    try fixture.publish([.users: [broken, well]])
                    try await fixture.serve { client in
                        // Said to be empty, or the client would send chunks, and a body is not sent twice anyway.
                        let reply = try await client.send(method, "/api/users", headers: [.contentLength: "0"])
                        #expect(reply.status == status, "\(method)")
                    }
                }
            }
        }
    }
}
