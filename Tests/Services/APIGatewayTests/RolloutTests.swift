import HTTPTypes
import Hummingbird
import ServiceTestSupport
import Testing

@testable import ServiceKit
@testable import api_gateway

/// What the orchestrator does to instances while requests come in: begin the next, announce it, withdraw the one before,
/// stop that.
@Suite(.timeLimit(.minutes(3))) struct RolloutTests {
    /// Any service behind the gateway; POSTs are read in whole before they are answered.
    private let upstream = ServiceParts(routes: [
        .get("/**", access: .anyone) { _, _ in .json(.ok, "read") },
        .post("/**", access: .anyone) { request, _ in .json(.created, try await request.json()) },
    ])

    @Test func `instances of a service come and go, and no request is lost`() async throws {
        let fixture = try Fixture()
        let runtime = fixture.runtime { .now }
        try await withLiveService(try fixture.parts(in: runtime), in: runtime) { gateway in
            let load = Load(port: gateway.port, path: "/api/users/x")
            let first = try await LiveService.start(upstream)
            try fixture.publish([.users: [first.port]])
            let failures = try await load.run(perSecond: 500) { [upstream] in
                var old = first
                for _ in 0..<6 {
                    let next = try await LiveService.start(upstream)
                    try fixture.publish([.users: [old.port, next.port]])
                    await load.requests(150)
                    try fixture.publish([.users: [next.port]])
                    // Longer than the gateway takes to see it.
                    await load.requests(50)
                    try await old.end()
                    old = next
                }
                await load.end()
                try await old.end()
            }
            #expect(failures.count == 0, "\(failures.prefix(3))")
            #expect(load.count >= 1200)
        }
    }

    @Test func `instances of a service share a socket, and no request is lost`() async throws {
        let fixture = try Fixture()
        let runtime = fixture.runtime { .now }
        let listener = try TestListener()
        try await withLiveService(try fixture.parts(in: runtime), in: runtime) { gateway in
            let load = Load(port: gateway.port, path: "/api/users/x")
            try fixture.publish([.users: [listener.port]])
            let failures = try await load.run(perSecond: 500) { [upstream] in
                var old = try await LiveService.start(upstream, in: .test(socket: listener.pass()))
                for _ in 0..<6 {
                    await load.requests(150)
                    let next = try await LiveService.start(upstream, in: .test(socket: listener.pass()))
                    try await old.end()
                    old = next
                }
                await load.end()
                try await old.end()
            }
            #expect(failures.count == 0, "\(failures.prefix(3))")
        }
    }

    @Test func `the gateway itself is replaced, and no request is lost`() async throws {
        let fixture = try Fixture()
        let listener = try TestListener()
        let start = { @Sendable in
            let runtime = ServiceRuntime.test(
                logs: fixture.logs, socket: listener.pass(), endpoints: fixture.runtime().settings.endpoints)
            return try await LiveService.start(try fixture.parts(in: runtime), in: runtime)
        }
        try await withLiveService(upstream) { service in
            try fixture.publish([.users: [service.port]])
            let load = Load(port: listener.port, path: "/api/users/x")
            let failures = try await load.run(perSecond: 500) {
                var old = try await start()
                for _ in 0..<4 {
                    await load.requests(150)
                    let next = try await start()
                    try await old.end()
                    old = next
                }
                await load.end()
                try await old.end()
            }
            #expect(failures.count == 0, "\(failures.prefix(3))")
        }
    }
}
