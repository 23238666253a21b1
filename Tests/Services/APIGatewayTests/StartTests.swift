import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct StartTests {
    private func problems(_ environment: [String: String]) -> [String] {
        do throws(ConfigurationError) {
            let _: GatewayConfiguration = try ServiceMain.read(environment: environment)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `every upstream must be found one way or the other`() {
        #expect(
            problems(["PRODUCT_SERVICE_URL": "localhost:3002"]) == [
                "USER_SERVICE_URL is missing, and there is no MSCTL_ENDPOINTS instead",
                "PRODUCT_SERVICE_URL must be an http address without a path",
                "ORDER_SERVICE_URL is missing, and there is no MSCTL_ENDPOINTS instead",
            ])
        #expect(problems(["MSCTL_ENDPOINTS": "/run/endpoints.json"]).isEmpty)
    }

    @Test(arguments: [
        ("UPSTREAM_TIMEOUT_MS", "0"), ("UPSTREAM_TIMEOUT_MS", "x"), ("MAX_BODY_BYTES", "-1"),
        ("CORS_ALLOWED_ORIGINS", "*"), ("CORS_ALLOWED_ORIGINS", "shop.example"),
        ("CORS_ALLOWED_ORIGINS", "https://shop.example/"), ("CORS_ALLOWED_ORIGINS", "https://Shop.example"),
        ("CORS_ALLOWED_ORIGINS", "null"), ("CORS_ALLOWED_ORIGINS", ","), ("RATE_LIMIT_PER_MINUTE", "-1"),
        ("RATE_LIMIT_BURST", "0"), ("ACCOUNT_RATE_LIMIT_PER_MINUTE", "x"), ("SIGN_IN_RATE_LIMIT_PER_MINUTE", "-1"),
        ("TRUSTED_PROXIES", "proxy"), ("TRUSTED_PROXIES", "10.0.0.0/8,10.0.0.0/33"), ("TRUSTED_PROXIES", ","),
        ("UPSTREAM_MAX_CALLS", "0"), ("UPSTREAM_MAX_CALLS", "1025"), ("RETRY_BUDGET_PERCENT", "101"),
        ("BREAKER_MINIMUM_CALLS", "0"), ("BREAKER_FAILURE_PERCENT", "0"), ("BREAKER_SLOW_PERCENT", "101"),
        ("BREAKER_SLOW_MS", "0"), ("BREAKER_OPEN_MS", "0"), ("BREAKER_PROBES", "0"),
    ])
    func `a setting that cannot be meant is refused`(name: String, value: String) {
        let problems = problems(["MSCTL_ENDPOINTS": "/run/endpoints.json", name: value])
        #expect(problems.count == 1 && problems[0].hasPrefix("\(name) must be"))
    }

    @Test func `without an orchestrator the fixed addresses are used`() async throws {
        try await withUpstream(Echo.named("fixed")) { port in
            let url = "http://127.0.0.1:\(port)"
            let configuration: GatewayConfiguration = try ServiceMain.read(environment: [
                "USER_SERVICE_URL": url, "PRODUCT_SERVICE_URL": "\(url)/", "ORDER_SERVICE_URL": url,
            ])
            let runtime = ServiceRuntime.test()
            let parts = APIGateway.assemble(configuration, in: runtime)
            try await buildApplication(parts, in: runtime).test(.live) { client in
                for path in ["/api/users", "/api/products/1", "/api/orders"] {
                    let reply = try await client.send(.get, path)
                    #expect(reply.body == "fixed")
                }
            }
        }
    }
}
