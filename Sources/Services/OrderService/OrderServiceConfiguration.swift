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

    init(reading reader: inout ConfigurationReader) {
        settings = ServiceSettings(reading: &reader, name: Self.serviceName, port: 3003)
        database = reader.sqlitePath("DATABASE_URL")
        userService = reader.baseURL("USER_SERVICE_URL")
        productService = reader.baseURL("PRODUCT_SERVICE_URL")
        serviceCredential = reader.secret("SERVICE_CREDENTIAL")
    }
}
