import HTTPTypes
import HummingbirdCore
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct MetricsTests {
    @Test func `metrics are what Prometheus reads, and calls are called as OpenTelemetry does`() async throws {
        let handler: Route.Handler = { request, _ in
            request.method == .get ? .json(.ok, "x") : .json(.internalServerError, "x")
        }
        try await withGateway(before: handler) { client, fixture in
            _ = try await client.send(.get, "/api/users")
            _ = try await client.send(.put, "/api/users/1")
            for path in ["/api/orders", "/nowhere", "/api/%2f"] { _ = try await client.send(.get, path) }
            _ = try await fixture.accessLines(5)
            let exposition = Exposition(try await client.send(.get, "/metrics").text)
            #expect(exposition.violations == [])
            let calls = exposition.samples.filter { $0.name == "http_client_request_duration_seconds_count" }
            let labels: Set<[String: String]> = [
                [
                    "http_request_method": "GET", "server_address": "user-service",
                    "http_response_status_code": "200",
                ],
                [
                    "http_request_method": "PUT", "server_address": "user-service",
                    "http_response_status_code": "500", "error_type": "500",
                ],
            ]
            #expect(Set(calls.map(\.labels)) == labels)
            let refused = exposition.samples.filter { $0.labels["error_type"] == "503" }
            #expect(refused.contains { $0.labels["url_scheme"] == "http" })
        }
    }
}
