import AsyncHTTPClient
import NIOCore
import ServiceLifecycle

/// The process's HTTP clients: bounded connections, a short connect timeout, no redirects. Shut down after the server.
package struct OutgoingHTTP: Service {
    /// Uses its connections again, but none that had no request for half of ``Readiness/idleTime``: a service that stops
    /// keeps each connection for at least that time, so no request meets one that is being closed.
    package let client: HTTPClient
    /// Uses each connection once: for what came to nothing on a connection that was closed.
    package let fresh: HTTPClient

    /// - Parameters:
    ///   - readTimeout: how long an answer may be silent, its first byte included.
    ///   - connectionsPerHost: further calls to one host wait for a connection, at most `connectTimeout`.
    package init(
        connectTimeout: Duration = .seconds(1), readTimeout: Duration = .seconds(10), connectionsPerHost: Int = 32
    ) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout), read: TimeAmount(readTimeout)))
        configuration.connectionPool.idleTimeout = TimeAmount(Readiness.idleTime / 2)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        // A refused connection is an answer; trying until the timeout only delays it.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.maximumUsesPerConnection = 1
        fresh = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // Cancelled instead of shut down: the clients are closed all the same.
        }
        try await shutdown()
    }

    /// Closes the connections; for those who made a client and do not run it as a service.
    package func shutdown() async throws {
        try await client.shutdown()
        try await fresh.shutdown()
    }
}
