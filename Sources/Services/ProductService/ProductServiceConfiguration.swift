import Foundation
import ServiceKit

/// What the product-service is told at start.
struct ProductServiceConfiguration: ServiceConfiguration {
    static let serviceName = "product-service"

    let settings: ServiceSettings
    /// File of the SQLite database.
    let database: String
    /// Where the keys that verify access tokens are published.
    let userService: URL
    /// What the shop's other services show us.
    let serviceCredential: Secret
    /// How long pieces are held for an order that says nothing more.
    let reservationLifetime: Duration

    init(reading reader: inout ConfigurationReader) {
        settings = ServiceSettings(reading: &reader, name: Self.serviceName, port: 3002)
        database = reader.sqlitePath("DATABASE_URL")
        userService = reader.baseURL("USER_SERVICE_URL")
        serviceCredential = reader.secret("SERVICE_CREDENTIAL")
        reservationLifetime = .seconds(reader.integer("RESERVATION_SECONDS", in: 1...86_400, default: 15 * 60))
    }
}
