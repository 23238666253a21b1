import HTTPTypes
import HummingbirdTesting
import ServiceTestSupport
import Testing

@Suite struct MetricsTests {
    @Test func `metrics are what Prometheus reads`() async throws {
        try await Fixture().serve { client in
            for path in ["/livez", "/api/users/me", "/nowhere"] { _ = try await client.send(.get, path) }
            let exposition = Exposition(try await client.send(.get, "/metrics").text)
            #expect(exposition.violations == [])
            #expect(exposition.samples.contains { $0.labels["http_route"] == "/api/users/me" })
        }
    }
}
