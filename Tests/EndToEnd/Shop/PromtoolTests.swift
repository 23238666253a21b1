import CurlClient
import Foundation
import References
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The metrics of all that runs, as Prometheus's own tool reads them: it tells what is no text of its format, and which
/// names, types and descriptions are not as they should be.
@Suite(.timeLimit(.minutes(3)), .serialized, .needs(.promtool)) struct PromtoolTests {
    @Test func `promtool finds nothing wrong with the metrics of the services and of the daemon`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        try await shop.expect(0, "smoke")
        for service in ProjectUnderTest.shop.keys {
            let answer = try await shop.api(of: service).send("GET", "/metrics")
            try await check(answer, of: service, has: "http_server_request_duration_seconds_bucket{")
        }
        let daemon = try await CurlClient().send(
            CurlRequest(url: "http://msctl/metrics", unixSocketPath: shop.layout.controlSocket.string))
        try await check(daemon, of: "msctld", has: "msctl_instance_up{")
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test(arguments: [
        ("# HELP a A.\n# TYPE a gauge\na{ 1\n", 1), ("# HELP a A.\n# TYPE a gauge\na 1", 1),
        ("# TYPE a gauge\na 1\n", 3), ("# HELP a A.\n# TYPE a counter\na 1\n", 3),
    ])
    func `promtool refuses what is no text of the format, and finds bad names`(text: String, code: Int32) async throws {
        let result = try await promtool(text)
        #expect(result.code == code, "\(result)")
    }

    private func check(_ answer: CurlResponse, of program: String, has sample: String) async throws {
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == 200 && text.contains(sample), "\(program)")
        let result = try await promtool(text)
        #expect(result.code == 0 && result.errors.isEmpty, "\(program): \(result)")
    }

    private func promtool(_ text: String) async throws -> CommandResult {
        try await RunningCommand.run(
            Reference.promtool.path, ["check", "metrics"], directory: "/",
            environment: [:], input: text)
    }
}
