import HTTPTypes
import Hummingbird
import ServiceKit
import Synchronization

/// Holds every exchange of a test with a service against the service's own OpenAPI document, and against what holds for
/// all answers: none is a 500, none tells of our inside, none that is personal may be kept. Appended to the outer
/// middlewares; whoever serves asks for ``violations`` at the end.
package final class Contract: Sendable {
    private let document: JSONValue
    private let found: Mutex<[String]>

    package init(_ routes: [Route]) {
        document = OpenAPIDocument(title: "test", routes: routes).json
        found = Mutex(
            routes.filter { $0.operation == nil && $0.access != .service }
                .map { "\($0.method.rawValue) \($0.path) is for clients and not described" })
    }

    package var violations: [String] { found.withLock(\.self) }

    package var middleware: any MiddlewareProtocol<Request, Response, ShopContext> {
        ContractMiddleware(contract: self)
    }

    func check(_ exchange: Exchange) {
        var wrong = Self.leaks(in: exchange)
        if exchange.status == 500 { wrong.append("our own fault") }
        // What is not described is not for clients.
        if let operation = document["paths"]?[exchange.path]?[exchange.method.lowercased()] {
            wrong += answer(exchange, operation) + caching(exchange, operation)
            // What is refused need not fit, and a body that nobody asked for is not read.
            if exchange.status < 300 { wrong += request(exchange, operation) }
        }
        let context = "\(exchange.method) \(exchange.path) → \(exchange.status): "
        found.withLock { $0 += wrong.map { context + $0 } }
    }

    // MARK: The answer

    private func answer(_ exchange: Exchange, _ operation: JSONValue) -> [String] {
        let answers = operation["responses"]
        guard let answer = answers?[String(exchange.status)] ?? (exchange.status >= 400 ? answers?["default"] : nil)
        else { return ["status \(exchange.status) is not in the document"] }
        return check(exchange.answerJSON, of: exchange.answerFields[.contentType], answer["content"], "answer")
    }

    /// Words that stand in source, SQL and stack traces, and in no answer.
    private static func leaks(in exchange: Exchange) -> [String] {
        ["SQLITE", "SELECT ", ".swift", "stack"].filter(exchange.answer.contains).map { "the answer says \($0)" }
    }

    /// Only what anybody may read can be kept by anybody; what has a version says so.
    private func caching(_ exchange: Exchange, _ operation: JSONValue) -> [String] {
        guard !exchange.answer.isEmpty else { return [] }
        let control = exchange.answerFields[.cacheControl]
        let isPublic = operation["security"] == [] && exchange.method == "GET" && exchange.status == 200
        var wrong: [String] = []
        if isPublic ? control == nil : control != "no-store" { wrong.append("Cache-Control: \(control ?? "none")") }
        if exchange.status == 200, operation["responses"]?["304"] != nil {
            if exchange.answerFields[.eTag] == nil { wrong.append("no ETag") }
            if isPublic, control != "no-cache" { wrong.append("may be kept without asking") }
        }
        return wrong
    }

    // MARK: The request

    private func request(_ exchange: Exchange, _ operation: JSONValue) -> [String] {
        let declared = operation["parameters"]?.array ?? []
        let names = declared.filter { $0["in"] == "query" }.compactMap { $0["name"]?.string }
        let unknown = exchange.query.keys.filter { !names.contains($0) }
        var wrong = unknown.sorted().map { "the parameter \($0) is not in the document" }
        for parameter in declared { wrong += check(parameter, in: exchange) }
        if let body = operation["requestBody"], let json = exchange.requestJSON {
            wrong += check(json, of: "application/json", body["content"], "request")
        }
        return wrong
    }

    private func check(_ parameter: JSONValue, in exchange: Exchange) -> [String] {
        guard let name = parameter["name"]?.string, let schema = parameter["schema"] else { return ["no parameter"] }
        let values = exchange.values(of: name, in: parameter["in"]?.string)
        if values.isEmpty { return parameter["required"] == true ? ["the parameter \(name) is missing"] : [] }
        return values.flatMap { text in
            let number = schema["type"] == "integer" ? Int64(text) : nil
            return SchemaChecker(document: document)
                .violations(of: number.map(JSONValue.integer) ?? .string(text), against: schema)
                .map { "parameter \(name)\($0)" }
        }
    }

    private func check(_ body: JSONValue?, of type: String?, _ content: JSONValue?, _ what: String) -> [String] {
        guard let body else { return content == nil ? [] : ["the \(what) has no body"] }
        guard let schema = content?[type ?? ""]?["schema"] else {
            return ["the \(what) has a body of \(type ?? "no type")"]
        }
        return SchemaChecker(document: document).violations(of: body, against: schema).map { "\(what)\($0)" }
    }
}
