import HTTPTypes
import ServiceKit

/// Why an order was not to be.
struct Rejection: Sendable, Equatable {
    let reason: Reason
    /// For the buyer; names the product where there is one.
    let detail: String

    enum Reason: String, Sendable {
        case insufficientStock = "insufficient-stock"
        case unknownProduct = "unknown-product"
        case unknownBuyer = "unknown-buyer"
        case mixedCurrencies = "mixed-currencies"
        /// The pieces were held so long that they went back to the stock.
        case reservationLost = "reservation-lost"
        /// The buyer's bank would not pay, or no longer.
        case paymentDeclined = "payment-declined"

        var status: HTTPResponse.Status {
            switch self {
            case .insufficientStock, .reservationLost: .conflict
            case .paymentDeclined: .paymentRequired
            case .unknownProduct, .unknownBuyer, .mixedCurrencies: .unprocessableContent
            }
        }

        fileprivate var title: String {
            switch self {
            case .insufficientStock: "There are not enough pieces"
            case .unknownProduct: "There is no such product"
            case .unknownBuyer: "The buyer has no account any more"
            case .mixedCurrencies: "The products are sold in different currencies"
            case .reservationLost: "The order took too long"
            case .paymentDeclined: "The order could not be paid"
            }
        }
    }

    /// What the one who placed the order gets; the order itself stays readable at `order`.
    func problem(order path: String) -> Problem {
        Problem(
            type: reason.rawValue, status: reason.status, title: reason.title, detail: detail,
            headers: [.location: path])
    }
}

extension Rejection: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("type", reason.rawValue)
            $0.member("detail", detail)
        }
    }
}

extension HTTPResponse.Status {
    /// RFC 9110 section 15.5.3, which the library has no name for.
    static let paymentRequired = HTTPResponse.Status(code: 402, reasonPhrase: "Payment Required")
}
