import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

/// The table that the services are held against finds what is wrong.
@Suite struct AccessMatrixTests {
    private let mint = TokenMint()

    private static let things: [Route] = [
        .get("/things", access: .anyone) { _, _ in .json(.ok, "seen") },
        .post("/things", access: .account) { _, _ in .json(.created, "made") },
    ]

    private func findings(
        _ table: KeyValuePairs<String, String>, _ routes: [Route] = things
    ) async throws -> [String] {
        let parts = ServiceParts(routes: routes, authenticator: mint.authenticator())
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

    @Test func `a table that the rule of a route contradicts is a finding, true or not`() async throws {
        let closed = Route.get("/closed", access: .account.or(.service)) { _, _ in throw Problem.forbidden }
        #expect(
            try await findings(["GET /closed": "401 403 403 403 403"], [closed]) == [
                "GET /closed has 403 for owner, and its rule lets in",
                "GET /closed has 403 for other, and its rule lets in",
                "GET /closed has 403 for operator, and its rule lets in",
                "GET /closed has 403 for service, and its rule lets in",
            ])
        let shared = Route.get("/shared/:id", access: .holder) { _, context in
            _ = try context.reach()
            return .json(.ok, "seen")
        }
        #expect(
            try await findings(["GET /shared/:id": "401 200 200 200 403"], [shared]) == [
                "GET /shared/:id has 200 for other, and its rule 404"
            ])
    }

    @Test func `a body that may be written otherwise than its route declares is a finding`() async throws {
        let table: KeyValuePairs = ["PUT /things": "401 422 422 422 403"]
        func findings(_ writable: Set<String>, _ read: @escaping @Sendable (inout ObjectReader) -> Void) async throws
            -> [String]
        {
            try await self.findings(
                table,
                [
                    .put("/things", access: .account, writing: writable) { _, body, _ in
                        var reader = try await body.read()
                        read(&reader)
                        try reader.finish()
                        return .noContent
                    }
                ])
        }
        #expect(try await findings(["name"]) { _ = $0.string("name", length: 1...9) } == [])
        let more = try await findings(["name", "role"]) { _ = $0.string("name", length: 1...9) }
        #expect(more.first?.hasPrefix(#"PUT /things says 422 ["/notDeclared", "/role"] to owner"#) == true)
        let open = Route.put("/things", access: .account, writing: []) { _, body, _ in
            _ = try await body.read()
            throw Problem.invalidBody([])
        }
        #expect(try await self.findings(table, [open]).count == 3)
    }
}
