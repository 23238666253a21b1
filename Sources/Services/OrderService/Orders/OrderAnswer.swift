import HTTPTypes
import Hummingbird
import ServiceKit

/// How placing an order was answered: kept with its idempotency key, and given again to whoever asks again.
struct OrderAnswer: Sendable, Equatable {
    let status: Int
    /// The order as it was then; nil when it was rejected, since a rejection never changes.
    let body: String?

    init(status: Int, body: String?) {
        self.status = status
        self.body = body
    }

    init(_ order: Order) {
        if let rejection = order.rejection {
            self.init(status: rejection.reason.status.code, body: nil)
        } else {
            self.init(
                status: order.placedStatus.code, body: String(decoding: JSONWriter.bytes(of: order), as: UTF8.self))
        }
    }

    /// Throws the problem of a rejected order.
    func response(for order: Order) throws -> Response {
        guard let body else {
            throw order.rejection?.problem(order: order.path) ?? Problem.internalError
        }
        return .json(
            HTTPResponse.Status(code: status), try JSONParser.parse(Array(body.utf8)), headers: [.location: order.path])
    }
}

extension Order {
    /// The answer to the request that placed it; throws the problem of a rejected one.
    func placedResponse() throws -> Response {
        if let rejection { throw rejection.problem(order: path) }
        return .json(placedStatus, self, headers: [.location: path])
    }

    /// 201 when it came to be, 202 while it is not decided.
    fileprivate var placedStatus: HTTPResponse.Status { status == .pending ? .accepted : .created }
}
