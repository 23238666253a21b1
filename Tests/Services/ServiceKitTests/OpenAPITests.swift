import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import References

@Suite struct OpenAPITests {
    private static let thing = Schema.object(["id": .uuid, "name": .string(length: 1...10)]).named("Thing")

    private static let routes: [Route] = [
        .get("/things", access: .anyone) { _, _ in .json(.ok, ["items": [], "nextCursor": nil]) }
            .described(Operation("Lists things", answers: [.ok: .page(of: thing)]).paged()),
        .put("/things/:id", access: .owner("id").or(.service), writing: ["name"]) { _, _, _ in .json(.ok, ["id": "x"]) }
            .described(
                Operation("Changes a thing", body: .object(["name": .string()]), answers: [.ok: thing]).guarded()),
        .post("/internal", access: .service) { _, _ in .noContent },
    ]

    private static let document = OpenAPIDocument(title: "things", routes: routes).json

    @Test func `a document says of each route what it takes and gives, and who may`() throws {
        let paths = try #require(Self.document["paths"])
        #expect(Self.document["openapi"] == "3.1.1")
        #expect(paths["/internal"] == nil)
        let list = try #require(paths["/things"]?["get"])
        #expect(list["security"] == [])
        #expect(list["parameters"]?.array?.compactMap { $0["name"]?.string } == ["limit", "cursor"])
        let change = try #require(paths["/things/{id}"]?["put"])
        #expect(change["security"] == [["bearer": []], ["service": []]])
        #expect(change["parameters"]?.array?.compactMap { $0["name"]?.string } == ["id", "If-Match"])
        guard case .object(let answers) = change["responses"] else { return #expect(Bool(false), "no responses") }
        #expect(answers.map(\.name) == ["200", "401", "403", "412", "422", "428", "default"])
        #expect(Self.document["components"]?["schemas"]?["Thing"]?["required"] == ["id", "name"])
        #expect(Self.document["components"]?["schemas"]?["Problem"] != nil)
    }

    @Test func `each service serves its document`() async throws {
        let parts = ServiceParts(routes: Self.routes, authenticator: TokenMint().authenticator())
        try await buildApplication(parts, in: .test(logs: LogCapture())).test(.router) { client in
            let reply = try await client.send(.get, "/openapi.json")
            #expect(reply.status == 200)
            #expect(reply.body["paths"] == Self.document["paths"])
        }
    }

    @Test func `documents of several services become one, which says whose part is missing`() throws {
        var merged = MergedOpenAPI(title: "all")
        merged.add(Self.document)
        let other = Route.get("/others", access: .anyone) { _, _ in .noContent }
            .described(Operation("Lists others", answers: [.noContent: nil]))
        merged.add(OpenAPIDocument(title: "others", routes: [other]).json)
        let json = merged.json(missing: ["third"])
        guard case .object(let paths) = json["paths"] else { return #expect(Bool(false), "no paths") }
        #expect(paths.map(\.name) == ["/others", "/things", "/things/{id}"])
        #expect(json["components"]?["schemas"]?["Thing"] != nil)
        #expect(json["x-missing"] == ["third"])
        #expect(merged.json()["x-missing"] == nil)
    }

    @Test func `what a service says beside its document is found`() async throws {
        let wrong = Route.get("/things/:id", access: .anyone) { _, _ in .json(.ok, ["id": "no id", "more": 1]) }
            .described(Operation("Reads a thing", answers: [.ok: Self.thing]))
        let contract = Contract([wrong])
        let parts = ServiceParts(routes: [wrong], middlewares: [contract.middleware])
        try await buildApplication(parts, in: .test(logs: LogCapture())).test(.router) { client in
            _ = try await client.send(.get, "/things/\(UUID().uuidString)")
        }
        let context = "GET /things/{id} → 200: answer"
        #expect(
            Set(contract.violations) == [
                "\(context): name is missing", "\(context)/id: no id is no uuid",
                "\(context)/more: is not in the schema",
            ])
    }

    @Test func `what a client asks beside the document is found, and answers that he should not have`() async throws {
        let list = Route.get("/things", access: .account) { _, _ in
            .json(.ok, ["items": [], "nextCursor": nil], headers: [.cacheControl: "public"])
        }.described(Operation("Lists things", answers: [.ok: .page(of: Self.thing)]).paged())
        let broken = Route.put("/things/:id", access: .anyone, writing: []) { _, _, _ in
            .json(.internalServerError, "SELECT id")
        }.described(Operation("Changes a thing", body: .object([:]), answers: [.ok: Self.thing]).guarded())
        let blank = Route.put("/blank/:id", access: .anyone) { _, _ in .noContent }
            .described(Operation("Blanks a thing", answers: [.noContent: nil]).guarded())
        let silent = Route.get("/silent", access: .anyone) { _, _ in .noContent }
        let mint = TokenMint()
        let contract = Contract([list, broken, blank, silent])
        let parts = ServiceParts(
            routes: [list, broken, blank], authenticator: mint.authenticator(), middlewares: [contract.middleware])
        let token = "Bearer \(try mint.token())"
        try await buildApplication(parts, in: .test(logs: LogCapture())).test(.router) { client in
            _ = try await client.send(.get, "/things?limit=500&page=2", authorization: token)
            _ = try await client.send(.put, "/things/\(UUID().text)", [:])
            _ = try await client.send(.put, "/blank/one")
        }
        #expect(
            contract.violations == [
                "GET /silent is for clients and not described",
                "GET /things → 200: Cache-Control: public",
                "GET /things → 200: the parameter page is not in the document",
                "GET /things → 200: parameter limit: 500 is out of bounds",
                "PUT /things/{id} → 500: the answer says SELECT ", "PUT /things/{id} → 500: our own fault",
                "PUT /things/{id} → 500: the answer has a body of application/json",
                "PUT /blank/{id} → 204: parameter id: one is no uuid",
                "PUT /blank/{id} → 204: the parameter If-Match is missing",
            ])
    }

    @Test(.needs(.openAPIValidator)) func `a public validator finds what is wrong, and nothing else`() throws {
        #expect(try PublicValidator.complaint(about: Self.document) == nil)
        #expect(try PublicValidator.complaint(about: ["openapi": "3.1.1", "paths": [:]])?.contains("info") == true)
    }
}
