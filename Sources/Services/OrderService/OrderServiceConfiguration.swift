import Foundation
import ServiceKit

/// What the order-service is told at start.
struct OrderServiceConfiguration: ServiceConfiguration {
    static let serviceName = "order-service"

    let settings: ServiceSettings
    /// File of the SQLite database.
    let database: String
    /// Who knows the buyers, and publishes the keys that verify access tokens.
    let userService: URL
    /// Who has the products.
    let productService: URL
    /// What the shop's services show each other.
    let serviceCredential: Secret
    /// Who moves the money; nil when orders are on account.
    let payments: Payments?

    struct Payments: Sendable {
        let url: URL
        let credential: Secret
    }

    init(reading reader: inout ConfigurationReader) {
        settings = ServiceSettings(reading: &reader, name: Self.serviceName, port: 3003)
        database = reader.sqlitePath("DATABASE_URL")
        userService = reader.baseURL("USER_SERVICE_URL")
        productService = reader.baseURL("PRODUCT_SERVICE_URL")
        serviceCredential = reader.secret("SERVICE_CREDENTIAL")
        payments = Self.payments(reading: &reader)
    }

    private static func payments(reading reader: inout ConfigurationReader) -> Payments? {
        guard reader.optionalString("PAYMENT_URL") != nil else {
            if reader.optionalString("PAYMENT_CREDENTIAL_FILE") != nil {
                reader.note("PAYMENT_CREDENTIAL_FILE", "is of no use without PAYMENT_URL")
            }
            return nil
        }
        return Payments(
            url: reader.baseURL("PAYMENT_URL"), credential: reader.secret("PAYMENT_CREDENTIAL", minimum: 16))
    }
}
