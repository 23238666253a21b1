import Foundation
import SystemPackage
import TestSupport
import Testing

/// Shop commands that fail, as a script sees them.
@Suite(.timeLimit(.minutes(3)), .serialized) struct ShopFailureTests {
    @Test func `a command that fails says so in one line of JSON and with its own exit code`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        let beforeUp = try await expect(3, shop, ["product", "list"])
        #expect(beforeUp["hint"] as? String != nil)
        try await shop.expect(0, "up", "--no-build")

        let nowhere = UUID().uuidString.lowercased()
        let refused = try await expect(65, shop, ["product", "show", nowhere])
        #expect((refused["message"] as? String)?.contains("404") == true)
        let invalid = try await expect(
            65, shop, ["product", "create", "--name", "", "--price", "1", "--stock=-1"])
        #expect((invalid["details"] as? [String])?.count ?? 0 > 1)
        _ = try await expect(64, shop, ["order", "place", "\(nowhere):none"])
        _ = try await expect(77, shop, ["user", "password"], input: "a\nb\n")
        _ = try await expect(77, shop, ["user", "login", "--login", "ada"], input: "not the password\n")

        try await shop.expect(0, "stop", "product-service")
        let away = try await expect(69, shop, ["product", "list"])
        #expect((away["message"] as? String)?.contains("503") == true)
        let keyed = try await expect(
            69, shop, ["product", "create", "--name", "Lamp", "--price", "1", "--stock", "1"])
        #expect((keyed["hint"] as? String)?.contains("--idempotency-key ") == true)
        try await shop.expect(0, "down")
        shop.expectNothingLeft()
    }

    @Test func `an order that is under way for too long ends with 75 and the key to ask again with`() async throws {
        let project = try ProjectUnderTest(["a.yaml": "services: {}\n"])
        // In the place of a shop whose first try never ends.
        let server = try TestServer { connection in
            while connection.readRequest() != nil {
                connection.answer(
                    #"{"type":"request-in-progress","title":"The first request with this key still runs"}"#,
                    status: "409 Conflict", headers: "Retry-After: 1\r\n")
            }
        }
        let failure = try await expect(
            75, project, ["order", "place", "\(UUID().uuidString):1"], environment: ["MSCTL_API_URL": server.url])
        #expect((failure["hint"] as? String)?.contains("--idempotency-key ") == true)
    }

    /// The one line on stderr, which is an `msctl.error/1`.
    private func expect(
        _ code: Int32, _ project: ProjectUnderTest, _ arguments: [String], input: String = "",
        environment: [String: String] = [:], at location: SourceLocation = #_sourceLocation
    ) async throws -> [String: Any] {
        let result = try await RunningCommand.run(
            BuiltProducts.path("msctl").string, arguments + ["--format", "json"], directory: project.path,
            environment: project.environment.merging(environment) { $1 }, input: input)
        #expect(result.code == code, "msctl \(arguments): \(result)", sourceLocation: location)
        #expect(result.output.isEmpty, sourceLocation: location)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(result)", sourceLocation: location)
        let line = try #require(lines.last, sourceLocation: location)
        let failure = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], sourceLocation: location)
        #expect(failure["schema"] as? String == "msctl.error/1", sourceLocation: location)
        #expect(failure["code"] as? Int == Int(code), sourceLocation: location)
        return failure
    }
}
