import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct DrainTests {
    private static let request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"

    /// What the orchestrator says of the service under test.
    private func announce(_ instances: String..., in directory: TemporaryDirectory) throws -> String {
        let list = instances.map { #"{"instance":"test-service.\#($0)","url":"http://127.0.0.1:1"}"# }
        return try directory.write(
            "endpoints.json",
            #"{"schema":"msctl.endpoints/1","services":{"test-service":[\#(list.joined(separator: ","))]}}"#)
    }

    /// Returns once nothing is accepted on `port` any more.
    private func refusal(at port: Int) async {
        while (try? await RawConnection.open(port: port) { _ in }) != nil {}
    }

    private func isLast(_ connection: RawConnection) -> Bool {
        connection.received.lowercased().contains("connection: close")
    }

    @Test func `a request under way is answered, and told that it is the last`() async throws {
        let (arrived, mayAnswer) = (Gate(), Gate())
        let slow = ServiceParts(routes: [
            .get("/slow", access: .anyone) { _, _ in
                arrived.open()
                await mayAnswer.pass()
                return .json(.ok, "late")
            }
        ])
        try await withLiveService(slow) { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
                await arrived.pass()
                await service.stop()
                await refusal(at: service.port)
                mayAnswer.open()
                #expect(try await connection.read(until: #""late""#))
                #expect(isLast(connection))
                #expect(try await !connection.read(until: "never"))
            }
        }
    }

    @Test func `a request that comes on an idle connection while the service stops is answered`() async throws {
        try await withLiveService(ServiceParts(routes: [])) { service in
            try await RawConnection.open(port: service.port) { unused in
                try await RawConnection.open(port: service.port) { connection in
                    try await connection.write(Self.request)
                    #expect(try await connection.read(until: "OK"))
                    #expect(!isLast(connection))
                    await service.stop()
                    await refusal(at: service.port)
                    connection.clear()
                    try await connection.write(Self.request)
                    #expect(try await connection.read(until: "OK"))
                    #expect(isLast(connection))
                    #expect(try await !connection.read(until: "never"))
                }
                try await unused.write(Self.request)
                #expect(try await unused.read(until: "OK"))
                #expect(isLast(unused))
            }
        }
    }

    @Test func `an idle connection is closed in the end`() async throws {
        try await withLiveService(ServiceParts(routes: [])) { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write(Self.request)
                #expect(try await connection.read(until: "OK"))
                let start = ContinuousClock.now
                await service.stop()
                #expect(try await !connection.read(until: "never"))
                #expect(start.duration(to: .now) < .seconds(5))
            }
        }
    }

    @Test func `an instance that is the only one announced does not wait to be withdrawn`() async throws {
        let directory = try TemporaryDirectory()
        let runtime = ServiceRuntime.test(endpoints: try announce("1", in: directory))
        try await withLiveService(ServiceParts(routes: []), in: runtime) { service in
            let start = ContinuousClock.now
            try await service.end()
            #expect(start.duration(to: .now) < .milliseconds(500))
        }
    }

    @Test func `as long as it is announced beside others, new connections are answered and readiness says no`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let runtime = ServiceRuntime.test(endpoints: try announce("1", "2", in: directory))
        let health = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
        try await withLiveService(ServiceParts(routes: []), in: runtime) { service in
            await service.stop()
            while !runtime.readiness.isDraining { await Task.yield() }
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write(health)
                #expect(try await connection.read(until: "FAIL"))
                #expect(connection.received.hasPrefix("HTTP/1.1 503"))
                #expect(isLast(connection))
            }
            _ = try announce("2", in: directory)
            await refusal(at: service.port)
        }
    }

    @Test func `a body that nobody reads does not cost the client the answer`() async throws {
        let parts = ServiceParts(routes: [
            .post("/refuse", access: .anyone) { _, _ in
                throw Problem(type: "no", status: .contentTooLarge, title: "No", headers: [.connection: "close"])
            }
        ])
        try await withLiveService(parts) { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n")
                let part = String(repeating: "a", count: 100_000)
                for _ in 0..<50 { try await connection.write(part) }
                #expect(try await connection.read(until: #""title":"No""#))
                #expect(try await !connection.read(until: "never"))
            }
        }
    }

    @Test func `of two services on one socket each ends without losing a request`() async throws {
        let listener = try TestListener()
        let load = Load(port: listener.port, path: "/livez")
        let parts = ServiceParts(routes: [])
        let failures = try await load.run(perSecond: 500) {
            // One after the other, each begun before the one before ends.
            var service = try await LiveService.start(parts, in: .test(socket: listener.pass()))
            for _ in 0..<5 {
                await load.requests(150)
                let next = try await LiveService.start(parts, in: .test(socket: listener.pass()))
                try await service.end()
                service = next
            }
            await load.requests(150)
            await load.end()
            try await service.end()
        }
        #expect(failures.count == 0, "\(failures.prefix(3))")
        #expect(load.count >= 900)
    }
}
