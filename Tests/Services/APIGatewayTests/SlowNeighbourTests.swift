import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOHTTP1
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import api_gateway

/// One upstream has all the calls that it may have, and answers none of them.
@Suite(.timeLimit(.minutes(3))) struct SlowNeighbourTests {
    private static let places = 64
    private static let calls = 400

    /// Holds whatever arrives until it may go.
    private final class Hanging: Sendable {
        private let arrived = Mutex(0)
        private let isFull = Gate()
        private let mayAnswer = Gate()

        func answer() async -> Response {
            let count = arrived.withLock { count in
                count += 1
                return count
            }
            if count == SlowNeighbourTests.places { isFull.open() }
            await mayAnswer.pass()
            return .json(.ok, "late")
        }

        func full() async { await isFull.pass() }
        func end() { mayAnswer.open() }
    }

    /// What 99 of 100 calls take at most, one after another.
    private func percentile99(of path: String, _ client: any TestClientProtocol) async throws -> Duration {
        var times: [Duration] = []
        var refused = 0
        for _ in 0..<Self.calls {
            let start = ContinuousClock.now
            if try await client.send(.get, path).status != 200 { refused += 1 }
            times.append(start.duration(to: .now))
        }
        #expect(refused == 0)
        return times.sorted()[Self.calls * 99 / 100 - 1]
    }

    /// Whoever shares places, connections or threads with the slow one would wait for it, for seconds, or be refused; a
    /// tenth of a second more is a busy machine.
    @Test func `nine and ninety of a hundred calls to the others take no longer than before`() async throws {
        let hanging = Hanging()
        try await withUpstream({ _, _ in await hanging.answer() }) { slow in
            try await withUpstream(Echo.named("products")) { well in
                let fixture = try Fixture(["UPSTREAM_MAX_CALLS": "\(Self.places)", "UPSTREAM_TIMEOUT_MS": "120000"])
                try fixture.publish([.users: [slow], .products: [well]])
                try await fixture.serve { client in
                    let before = try await percentile99(of: "/api/products", client)
                    let url = "http://127.0.0.1:\(try #require(client.port))/api/users"
                    let http = OutgoingHTTP(readTimeout: .seconds(120), connectionsPerHost: Self.places)
                    try await withThrowingTaskGroup(of: UInt.self) { group in
                        for _ in 0..<Self.places {
                            group.addTask {
                                let request = HTTPClientRequest(url: url)
                                return try await http.client.execute(request, timeout: .seconds(120)).status.code
                            }
                        }
                        await hanging.full()
                        #expect(try await client.send(.get, "/api/users").body["type"] == "upstream-busy")
                        let during = try await percentile99(of: "/api/products", client)
                        #expect(during <= before * 2 + .milliseconds(100), "\(before) before, \(during) beside it")
                        #expect(
                            try await client.send(.get, "/api/users").body["type"] == "upstream-busy", "it was over")
                        hanging.end()
                        for try await status in group { #expect(status == 200) }
                    }
                    try await http.shutdown()
                }
            }
        }
    }
}
