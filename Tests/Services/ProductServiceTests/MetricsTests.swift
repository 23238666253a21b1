import HTTPTypes
import HummingbirdTesting
import ServiceTestSupport
import Testing

@Suite struct MetricsTests {
    @Test func `metrics are what Prometheus reads`() async throws {
        try await withProductService { shelf in
            for path in ["/livez", "/api/products", "/nowhere"] { _ = try await shelf.client.send(.get, path) }
            let exposition = Exposition(try await shelf.client.send(.get, "/metrics").text)
            #expect(exposition.violations == [])
            #expect(exposition.samples.contains { $0.labels["http_route"] == "/api/products" })
        }
    }
}
