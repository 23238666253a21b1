import Foundation
import ServiceKit

/// What the gateway is told at start.
struct GatewayConfiguration: ServiceConfiguration {
    static let serviceName = "api-gateway"

    let settings: ServiceSettings
    let instances: Instances
    /// For the head of an answer, connecting and sending the request included; then for each silence in its body.
    let upstreamTimeout: Duration
    /// The largest request body, in bytes.
    let bodyLimit: Int
    let allowedOrigins: AllowedOrigins
    let limits: RateLimits.Settings
    let protection: UpstreamProtection.Settings

    /// How the instances of the upstreams are found.
    enum Instances: Sendable {
        /// In the file that the orchestrator keeps.
        case announced
        /// One address for each upstream, for a gateway that runs without the orchestrator.
        case fixed([Upstream: URL])
    }

    init(reading reader: inout ConfigurationReader) {
        settings = ServiceSettings(reading: &reader, name: Self.serviceName, port: 3000)
        instances = settings.endpoints == nil ? .fixed(Self.fixedInstances(reading: &reader)) : .announced
        upstreamTimeout = .milliseconds(reader.integer("UPSTREAM_TIMEOUT_MS", in: 1...600_000, default: 10_000))
        bodyLimit = reader.integer("MAX_BODY_BYTES", in: 0...1_073_741_824, default: 1_048_576)
        allowedOrigins = reader.parsed(
            "CORS_ALLOWED_ORIGINS", as: "a comma list of origins such as https://shop.example",
            default: AllowedOrigins.none, AllowedOrigins.init(list:))
        limits = RateLimits.Settings(reading: &reader)
        protection = UpstreamProtection.Settings(reading: &reader, within: upstreamTimeout)
    }

    private static func fixedInstances(reading reader: inout ConfigurationReader) -> [Upstream: URL] {
        var addresses: [Upstream: URL] = [:]
        for upstream in Upstream.allCases {
            if reader.optionalString(upstream.variable) == nil {
                reader.note(upstream.variable, "is missing, and there is no MSCTL_ENDPOINTS instead")
            } else {
                addresses[upstream] = reader.baseURL(upstream.variable)
            }
        }
        return addresses
    }
}
