import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport

@testable import api_gateway

/// A gateway whose upstreams' instances are in a file of the test's own.
final class Fixture: Sendable {
    let directory: TemporaryDirectory
    let logs = LogCapture()
    let time = ManualInstant()
    private let settings: [String: String]
    private let connections: ConnectionBounds

    init(_ settings: [String: String] = [:], connections: ConnectionBounds = ConnectionBounds()) throws {
        self.connections = connections
        directory = try TemporaryDirectory()
        self.settings = settings
        try publish([:])
    }

    /// Writes the ports of the ready instances, as the orchestrator would.
    func publish(_ services: [Upstream: [Int]]) throws {
        let lists = services.map { upstream, ports in
            let entries = ports.enumerated().map { index, port in
                #"{"instance":"\#(upstream.rawValue).\#(index + 1)","url":"http://127.0.0.1:\#(port)"}"#
            }
            return #""\#(upstream.rawValue)":[\#(entries.joined(separator: ","))]"#
        }
        try directory.write(
            "endpoints.json", #"{"schema":"msctl.endpoints/1","services":{\#(lists.joined(separator: ","))}}"#)
        time.advance(by: .milliseconds(20))
    }

    /// - Parameter now: a clock of its own unless another is given.
    func runtime(
        clock: WallClock = .system, now: (@Sendable () -> ContinuousClock.Instant)? = nil
    ) -> ServiceRuntime {
        .test(
            logs: logs, clock: clock, endpoints: "\(directory.path)/endpoints.json", connections: connections,
            now: now ?? { self.time.now })
    }

    func parts(in runtime: ServiceRuntime) throws -> ServiceParts {
        var environment = settings
        environment["MSCTL_ENDPOINTS"] = runtime.settings.endpoints
        let configuration: GatewayConfiguration = try ServiceMain.read(environment: environment)
        return APIGateway.assemble(configuration, in: runtime)
    }

    /// Runs `test` against the gateway on a port of its own.
    func serve(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let runtime = runtime()
        try await buildApplication(try parts(in: runtime), in: runtime).test(.live, test)
    }

    /// The first access-log lines, when there are `count`: one is written when its answer has ended, which the client may
    /// know a little earlier.
    func accessLines(_ count: Int) async throws -> [JSONValue] {
        while true {
            let lines = try logs.events().filter { $0["message"] == "request" }
            if lines.count >= count { return lines }
            await Task.yield()
        }
    }
}

/// A gateway in front of one user-service that answers every request with `handler`.
func withGateway(
    _ settings: [String: String] = [:], before handler: @escaping Route.Handler,
    _ test: @escaping @Sendable (any TestClientProtocol, Fixture) async throws -> Void
) async throws {
    try await withUpstream(handler) { port in
        let fixture = try Fixture(settings)
        try fixture.publish([.users: [port]])
        try await fixture.serve { client in try await test(client, fixture) }
    }
}

/// A real service on a port of its own, where `handler` answers every request.
func withUpstream(
    _ handler: @escaping Route.Handler, _ test: @escaping @Sendable (Int) async throws -> Void
) async throws {
    let routes = HTTPRequest.Method.known.map { Route($0, "/**", access: .anyone, handler: handler) }
    try await buildApplication(ServiceParts(routes: routes), in: .test()).test(.live) { client in
        guard let port = client.port else { preconditionFailure("a live server has a port") }
        try await test(port)
    }
}
