import CurlClient
import FoundationEssentials

/// An answer of the shop's API that is no error.
struct ShopAnswer {
    let status: Int
    let body: [UInt8]
    let response: CurlResponse

    init(_ response: CurlResponse) {
        status = response.status
        body = response.body
        self.response = response
    }

    /// Throws the failure that an answer of 400 and above is.
    init(checking response: CurlResponse, to request: ShopRequest) throws(CommandFailure) {
        guard response.status < 400 else { throw CommandFailure(response, to: request) }
        self.init(response)
    }

    var requestID: String? { response.header("X-Request-Id") }

    func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws(CommandFailure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw .unreachable(
                Table.Cell("the API's answer cannot be read: \(error)").text,
                details: requestID.map { [Table.Cell("request id: \($0)").text] } ?? [])
        }
    }
}
