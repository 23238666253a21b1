import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct RefusalTests {
    @Test(
        arguments: [
            (nil, true), ("*/*", true), ("application/json", true), ("Application/JSON;charset=utf-8", true),
            ("", true),
            ("application/*;q=0.2, text/html", true), ("text/html", false), ("application/problem+json", false),
            ("application/json;q=0, */*", false), ("*/*;q=0, application/json", true), ("text/*, */*; q=0.000", false),
            ("application/json; q=0.5, */*;q=0", true), (",,", true), ("application/jsonx", false),
        ] as [(String?, Bool)])
    func `who does not take JSON is refused what is described as JSON`(accept: String?, isTaken: Bool) async throws {
        let routes: [Route] = [
            .get("/told", access: .anyone) { _, _ in .json(.ok, [:]) }
                .described(Operation("Tells", answers: [.ok: .anyObject])),
            .get("/untold", access: .anyone) { _, _ in .noContent },
        ]
        try await buildApplication(ServiceParts(routes: routes), in: .test()).test(.router) { client in
            let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
            let reply = try await client.send(.get, "/told", headers: headers)
            #expect(reply.status == (isTaken ? 200 : 406))
            if !isTaken { #expect(reply.body["type"] == "not-acceptable") }
            #expect(try await client.send(.get, "/untold", headers: headers).status == 204)
        }
    }

    @Test(arguments: ["gzip", "br", "identity, gzip", "Identity"])
    func `a body that is encoded is a 415 that says what is taken`(encoding: String) async throws {
        let routes: [Route] = [
            .post("/things", access: .anyone) { request, _ in .json(.created, try await request.json()) }
        ]
        try await buildApplication(ServiceParts(routes: routes), in: .test()).test(.router) { client in
            let reply = try await client.send(.post, "/things", [:], headers: [.contentEncoding: encoding])
            #expect(reply.status == (encoding == "Identity" ? 201 : 415))
            #expect(reply.headers[.acceptEncoding] == (encoding == "Identity" ? nil : "identity"))
        }
    }

    @Test func `a body of nothing but errors is not answered with a longer one`() async throws {
        let routes = [
            Route.post("/things", access: .anyone, writing: []) { _, body, _ in
                var reader = try await body.read()
                try reader.finish()
                return .noContent
            }
        ]
        try await buildApplication(ServiceParts(routes: routes), in: .test()).test(.router) { client in
            // Names that are words, since those are repeated.
            let letters = "abcdefghijklmnopqrst".map(String.init)
            let words = letters.flatMap { first in letters.map { first + $0 } }
            let names = words.flatMap { word in letters.prefix(15).map { word + $0 } }
            let body = JSONValue.object(names.map { JSONValue.Member($0, 1) })
            let reply = try await client.send(.post, "/things", body)
            #expect(reply.status == 422)
            #expect(reply.text.utf8.count < 8 * 1024)
            let errors = reply.body["errors"]?.array ?? []
            #expect(errors.count == 101)
            #expect(errors.last == ["pointer": "", "detail": "has 5900 more errors"])
        }
    }
}
