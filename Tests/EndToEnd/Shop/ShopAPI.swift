import CurlClient
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The shop's API as any program speaks to it, through the gateway or straight to a service.
struct ShopAPI {
    /// Somebody with an account, who is logged in.
    struct Person {
        let id: String
        let authorization: String
    }

    let url: String
    private let client: CurlClient

    init(_ url: String) throws {
        self.url = url
        client = try CurlClient()
    }

    func send(
        _ method: String, _ path: String, _ body: String? = nil, by person: Person? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> CurlResponse {
        var request = CurlRequest(method: method, url: url + path)
        request.headers = headers
        if let person { request.headers.append(("Authorization", person.authorization)) }
        if let body {
            if !headers.contains(where: { $0.name == "Content-Type" }) {
                request.headers.append(("Content-Type", "application/json"))
            }
            request.body = Array(body.utf8)
        } else if method != "GET", method != "HEAD" {
            request.body = []
        }
        return try await client.send(request)
    }

    /// The answer's body, when the status is the expected one.
    func object(
        _ expected: Int, _ method: String, _ path: String, _ body: String? = nil, by person: Person? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> [String: Any] {
        let response = try await send(method, path, body, by: person, headers: headers)
        try #require(
            response.status == expected, "\(method) \(path): \(String(decoding: response.body, as: UTF8.self))")
        return try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    func register(_ name: String) async throws -> Person {
        let body = #"{"username":"\#(name)","email":"\#(name)@example.org","password":"correct horse battery"}"#
        return try person(await object(201, "POST", "/api/users/register", body))
    }

    func logIn(_ login: String, password: String) async throws -> Person {
        try person(
            await object(200, "POST", "/api/users/login", #"{"login":"\#(login)","password":"\#(password)"}"#))
    }

    private func person(_ answer: [String: Any]) throws -> Person {
        let user = try #require(answer["user"] as? [String: Any])
        let token = try #require(answer["token"] as? String)
        return Person(id: try #require(user["id"] as? String), authorization: "Bearer \(token)")
    }

    static let lamp = #"{"name":"Lamp","price":{"amount":1999,"currency":"EUR"},"stock":100}"#

    /// The new product's id.
    func offer(by person: Person) async throws -> String {
        try #require(try await object(201, "POST", "/api/products", Self.lamp, by: person)["id"] as? String)
    }
}

extension ProjectUnderTest {
    /// The shop's services and the variables that name their ports.
    static let shop = [
        "api-gateway": "GATEWAY_PORT", "user-service": "USER_SERVICE_PORT", "product-service": "PRODUCT_SERVICE_PORT",
        "order-service": "ORDER_SERVICE_PORT",
    ]

    func api(of service: String = "api-gateway") throws -> ShopAPI {
        let variable = try #require(Self.shop[service])
        return try ShopAPI("http://127.0.0.1:\(ports[variable] ?? 0)")
    }

    func secret(_ name: String) throws -> String {
        try String(contentsOfFile: layout.secret(name).string, encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }

    func `operator`() async throws -> ShopAPI.Person {
        try await api().logIn("operator", password: try secret("operator-password"))
    }
}
