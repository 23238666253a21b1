import Glibc
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct ConfigurationTests {
    private func problems(_ settings: [String: String]) -> [String] {
        do throws(ConfigurationError) {
            let environment = settings.merging(["MSCTL_ENDPOINTS": "/endpoints.json"]) { $1 }
            let _: GatewayConfiguration = try ServiceMain.read(environment: environment)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `settings that make no sense together are named`() {
        #expect(
            problems(["BREAKER_SLOW_MS": "5000", "UPSTREAM_TIMEOUT_MS": "4999"])
                == ["BREAKER_SLOW_MS must not be more than UPSTREAM_TIMEOUT_MS"])
        #expect(
            problems(["RATE_LIMIT_PER_MINUTE": "0", "RATE_LIMIT_BURST": "10"])
                == ["RATE_LIMIT_BURST has no effect while RATE_LIMIT_PER_MINUTE is 0"])
        #expect(problems(["BREAKER_SLOW_MS": "4999", "UPSTREAM_TIMEOUT_MS": "4999"]) == [])
        #expect(problems(["UPSTREAM_TIMEOUT_MS": "100"]) == [], "the default goes with the timeout")
        #expect(problems(["RATE_LIMIT_PER_MINUTE": "0"]) == [])
    }

    @Test(arguments: [
        ("https://shop.example", "https://shop.example"), ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"), ("http://shop.example:443", "http://shop.example:443"),
        ("http://[::1]", "http://[::1]"), ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]"),
    ])
    func `an origin is known by what browsers send for it`(configured: String, sent: String) throws {
        let origins = try #require(AllowedOrigins(list: "https://other.example, \(configured)"))
        #expect(origins.contains(sent))
    }

    @Test(arguments: [
        "", "*", "shop.example", "https://", "https://Shop.example", "https://shop.example/", "ftp://shop.example",
        "https://shop.example/a", "https://a@shop.example", "https://shop.example?a", "http://::1",
    ])
    func `what no browser sends is no origin`(text: String) {
        #expect(AllowedOrigins(list: text) == nil)
    }

    @Test func `everything that is wrong is told at once, and no port is opened`() throws {
        let listener = try TestListener()
        let process = try ServiceProcess(
            "api-gateway",
            environment: [
                "MSCTL_ENDPOINTS": "endpoints.json", "PORT": "\(listener.port)", "UPSTREAM_TIMEOUT_MS": "0",
                "MAX_BODY_BYTES": "1 MiB", "CORS_ALLOWED_ORIGINS": "*", "TRUSTED_PROXIES": "proxy",
                "BREAKER_SLOW_MS": "600000", "RATE_LIMIT_PER_MINUTE": "0", "RATE_LIMIT_BURST": "1",
                "RATE_LIMIT_PER_MINUT": "5", "CLIENT_WRITE_TIMEOUT_MS": "-1", "LOG_LEVEL": "LOUD",
            ])
        let (status, output) = process.wait()
        #expect(status == 78)
        for name in [
            "MSCTL_ENDPOINTS", "UPSTREAM_TIMEOUT_MS", "MAX_BODY_BYTES", "CORS_ALLOWED_ORIGINS", "TRUSTED_PROXIES",
            "BREAKER_SLOW_MS", "RATE_LIMIT_BURST", "RATE_LIMIT_PER_MINUT", "CLIENT_WRITE_TIMEOUT_MS", "LOG_LEVEL",
        ] {
            #expect(output.contains("\(name) "), "\(name): \(output)")
        }
        // The port is taken: who had tried to open it would have failed, and said so.
        #expect(output.split(separator: "\n").count == 1)
        #expect(!output.contains("listen on"))
    }
}
