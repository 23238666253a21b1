import CurlClient
import Foundation
import TestSupport
import Testing

/// Who may do what, asked from outside as anybody could.
@Suite(.timeLimit(.minutes(3)), .serialized) struct ShopAccessTests {
    private enum Caller: Int, CaseIterable { case nobody, owner, other, `operator` }

    /// The status of each operation that the shop's document has, for nobody, the owner of the account and of the order, somebody
    /// else, and the operator. Bodies are `{}`: who may come in is told that it is not valid, and nothing is done.
    private static let expected: [String: [Int]] = [
        "POST /api/users/register": [422, 422, 422, 422],
        "POST /api/users/login": [422, 422, 422, 422],
        "POST /api/users/refresh": [422, 422, 422, 422],
        "POST /api/users/logout": [422, 422, 422, 422],
        "GET /.well-known/jwks.json": [200, 200, 200, 200],
        "POST /api/users/me/password": [401, 422, 422, 422],
        "GET /api/users": [401, 403, 403, 200],
        "GET /api/users/me": [401, 200, 200, 200],
        "GET /api/users/{id}": [401, 200, 403, 200],
        "PUT /api/users/{id}": [401, 428, 403, 428],
        "GET /api/products": [200, 200, 200, 200],
        "POST /api/products": [401, 403, 403, 422],
        "GET /api/products/{id}": [200, 200, 200, 200],
        "PUT /api/products/{id}": [401, 403, 403, 428],
        "GET /api/products/{id}/stock-movements": [401, 403, 403, 200],
        "POST /api/products/{id}/stock-movements": [401, 403, 403, 422],
        "GET /api/orders": [401, 200, 200, 200],
        "POST /api/orders": [401, 422, 422, 422],
        "GET /api/orders/{id}": [401, 200, 404, 200],
        "POST /api/orders/{id}/cancel": [401, 200, 404, 200],
    ]

    @Test func `every public route lets in whom the document says, and nothing else is there`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        let scene = try await Scene(shop)
        let document = try await api.object(200, "GET", "/openapi.json")
        #expect(document["x-missing"] == nil)
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let operations = paths.flatMap { path, methods in methods.map { ("\($0.key.uppercased()) \(path)", $0.value) } }
        #expect(Set(operations.map(\.0)) == Set(Self.expected.keys))

        for (name, operation) in operations.sorted(by: { $0.0 < $1.0 }) {
            let words = name.split(separator: " ").map(String.init)
            let declared = try #require(operation["responses"] as? [String: Any])
            for caller in Caller.allCases {
                let person = scene.person(caller)
                let answer = try await api.send(
                    words[0], scene.path(words[1]), words[0] == "GET" ? nil : "{}", by: person)
                #expect(answer.status == Self.expected[name]?[caller.rawValue], "\(name) by \(caller)")
                #expect(declared[String(answer.status)] != nil, "\(name) does not declare \(answer.status)")
                let isOpen = (operation["security"] as? [[String: Any]])?.isEmpty == true
                if person == nil { #expect((answer.status == 401) == !isOpen, "\(name)") }
                if answer.status == 401 { #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true) }
            }
        }
        try await expectStrangersRefused(operations, scene, api)
        for (path, methods) in paths {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] where methods[method.lowercased()] == nil {
                let answer = try await api.send(
                    method, scene.path(path), method == "GET" ? nil : "{}", by: scene.manager)
                #expect([404, 405].contains(answer.status), "\(method) \(path): \(answer.status)")
                if answer.status == 405 { #expect(answer.header("Allow") != nil, "\(method) \(path)") }
            }
        }
        try await shop.expect(0, "down")
    }

    /// Every body with all members that the document lets be written, and one more: that one is not known. The operator may
    /// come in everywhere.
    private func expectStrangersRefused(
        _ operations: [(String, [String: Any])], _ scene: Scene, _ api: ShopAPI
    ) async throws {
        var asked = 0
        for (name, operation) in operations {
            guard let body = operation["requestBody"] as? [String: Any] else { continue }
            let content = try #require(body["content"] as? [String: [String: [String: Any]]])
            let properties = try #require(content["application/json"]?["schema"]?["properties"] as? [String: Any])
            let members = (properties.keys + ["stranger"]).map { #""\#($0)":{}"# }.joined(separator: ",")
            let words = name.split(separator: " ").map(String.init)
            let answer = try await api.send(
                words[0], scene.path(words[1]), "{\(members)}", by: scene.manager, headers: [("If-Match", "*")])
            #expect(answer.status == 422, "\(name)")
            let problem = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
            let errors = problem?["errors"] as? [[String: String]] ?? []
            let unknown = errors.filter { $0["detail"] == "is not a known member" }.map { $0["pointer"] }
            #expect(unknown == ["/stranger"], "\(name)")
            asked += 1
        }
        #expect(asked == 10)
    }

    @Test func `what is between the services is not for the door in front of them`() async throws {
        let shop = try ProjectUnderTest(shop: ())
        try await shop.expect(0, "up", "--no-build")
        let api = try shop.api()
        let scene = try await Scene(shop)
        let inside = [
            ("GET", "/internal/revocations/0"), ("POST", "/api/products/\(scene.product)/reservations"),
            ("POST", "/api/products/\(scene.product)/reservations/\(scene.order)/confirm"),
            ("POST", "/api/products/\(scene.product)/reservations/\(scene.order)/release"),
            ("POST", "/api/products/\(scene.product)/%72eservations"),
            ("POST", "/api/products/\(scene.product)/./reservations"),
        ]
        let credential = "Service \(try shop.secret("service-credential"))"
        for (method, path) in inside {
            for authorization in [scene.manager.authorization, credential] {
                let answer = try await api.send(
                    method, path, method == "GET" ? nil : #"{"quantity":1}"#,
                    headers: [("Authorization", authorization)])
                #expect([400, 404].contains(answer.status), "\(method) \(path): \(answer.status)")
            }
        }
        // Straight at a service it is good; from outside it is as good as none.
        let users = try shop.api(of: "user-service")
        let path = "/api/users/\(scene.owner.id)"
        for spelling in [credential, credential.replacing("Service", with: "sERVICE")] {
            let headers = [(name: "Authorization", value: spelling)]
            #expect(try await users.send("GET", path, headers: headers).status == 200)
            #expect(try await api.send("GET", path, headers: headers).status == 401)
            #expect(try await api.send("POST", "/api/products", ShopAPI.lamp, headers: headers).status == 401)
            #expect(try await api.send("GET", "/api/orders", headers: headers).status == 401)
        }
        try await shop.expect(0, "down")
    }

    /// Two people, one of whom has ordered something of what the operator offers.
    private struct Scene {
        let owner: ShopAPI.Person
        let other: ShopAPI.Person
        let manager: ShopAPI.Person
        let product: String
        let order: String

        init(_ shop: ProjectUnderTest) async throws {
            let api = try shop.api()
            manager = try await shop.operator()
            owner = try await api.register("owner")
            other = try await api.register("other")
            product = try await api.offer(by: manager)
            let items = #"{"items":[{"productId":"\#(product)","quantity":1}]}"#
            order = try #require(try await api.object(201, "POST", "/api/orders", items, by: owner)["id"] as? String)
        }

        func person(_ caller: Caller) -> ShopAPI.Person? {
            switch caller {
            case .nobody: nil
            case .owner: owner
            case .other: other
            case .operator: manager
            }
        }

        /// A path of the document with the ids of what is here.
        func path(_ template: String) -> String {
            let id = template.hasPrefix("/api/users") ? owner.id : template.hasPrefix("/api/orders") ? order : product
            return template.replacing("{id}", with: id)
        }
    }
}
