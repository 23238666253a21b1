import CurlClient
import FoundationEssentials

/// The API as the check speaks to it: every request has a trace of its own, and the last one is remembered.
final class SmokeClient {
    private let client: ShopClient
    private(set) var requestID = ""
    private(set) var traceID = ""

    init(client: ShopClient) { self.client = client }

    /// - Parameter expected: the status it must have.
    func send(_ request: ShopRequest, token: String? = nil, expecting expected: Int...) async throws -> ShopAnswer {
        var request = request
        traceID = Self.hexadecimal(16)
        requestID = "smoke-\(Self.hexadecimal(8))"
        request.headers += [
            ("traceparent", "00-\(traceID)-\(Self.hexadecimal(8))-01"), ("X-Request-Id", requestID),
        ]
        let response = try await client.send(request, token: token)
        if let id = response.header("X-Request-Id") { requestID = id }
        guard expected.contains(response.status) else {
            let wanted = expected.map(String.init).joined(separator: " or ")
            // What went well may hold tokens.
            let body = response.status < 400 ? "" : String(decoding: response.body.prefix(300), as: UTF8.self)
            throw SmokeFailure("\(request.method) \(request.target) gives \(response.status), not \(wanted): \(body)")
        }
        return ShopAnswer(response)
    }

    /// Random, never all zero.
    static func hexadecimal(_ bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let text = (0..<bytes).map { _ in
            let digits = String(UInt8.random(in: 1...255, using: &generator), radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        return text.joined()
    }
}
