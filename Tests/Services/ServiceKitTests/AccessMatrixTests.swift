import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

/// The table that the services are held against finds what is wrong.
@Suite struct AccessMatrixTests {
    private let mint = TokenMint()

    private func findings(_ table: KeyValuePairs<String, String>) async throws -> [String] {
        let parts = ServiceParts(
            routes: [
                .get("/things", access: .anyone) { _, _ in .json(.ok, "seen") },
                .post("/things", access: .account) { _, _ in .json(.created, "made") },
            ], authenticator: mint.authenticator())
        let somebody = "Bearer \(try mint.token())"
        let matrix = AccessMatrix(table, path: { $0 }) { caller in
            switch caller {
            case .nobody: nil
            case .owner, .other, .operator: somebody
            case .service: "Service \(TokenMint.credential)"
            }
        }
        let found = Holder()
        try await buildApplication(parts, in: .test()).test(.router) { client in
            await found.set(try await matrix.findings(parts.routes, client))
        }
        return await found.findings
    }

    private actor Holder {
        var findings: [String] = []
        func set(_ findings: [String]) { self.findings = findings }
    }

    @Test func `a true table has no findings`() async throws {
        #expect(
            try await findings(["GET /things": "200 200 200 200 200", "POST /things": "401 201 201 201 403"]) == [])
    }

    @Test func `a wrong status, a short line, and a line or a route too many are findings`() async throws {
        #expect(
            try await findings(["GET /things": "200 200 200 200", "POST /things": "401 201 201 201 403"]) == [
                "the line of GET /things is not a status for each caller"
            ])
        #expect(
            try await findings(["GET /things": "200 200 200 200 ok", "POST /things": "401 201 201 201 403"]).count == 1)
        let others = try await findings(["GET /things": "200 200 200 200 200", "PUT /things": "401 201 201 201 403"])
        #expect(others.contains("POST /things is not in the table"))
        #expect(others.contains("PUT /things is in the table alone"))
        let wrong = try await findings(["GET /things": "200 200 200 200 200", "POST /things": "401 201 200 201 403"])
        #expect(wrong.count == 1 && wrong[0].hasPrefix("POST /things says 201 to other, not 200"))
    }
}
