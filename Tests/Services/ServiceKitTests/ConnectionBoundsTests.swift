import Hummingbird
import NIOCore
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionBoundsTests {
    private static let request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"

    private func serve(
        _ parts: ServiceParts = ServiceParts(routes: []), _ change: (inout ConnectionBounds) -> Void,
        _ test: (LiveService) async throws -> Void
    ) async throws {
        var bounds = ConnectionBounds()
        change(&bounds)
        try await withLiveService(parts, in: .test(connections: bounds), test)
    }

    @Test(arguments: ["GET", "HEAD"])
    func `half a head is waited for, but not for long, however it comes`(before: String) async throws {
        try await serve {
            $0.head = .milliseconds(200)
        } _: { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write("\(before) /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.read(until: "\r\n\r\n"))
                try await connection.write("GET /livez HTTP/1.1\r\nHo")
                #expect(try await !connection.read(until: "never"))
            }
        }
    }

    @Test func `a head in two halves is answered, and the connection goes on`() async throws {
        try await serve {
            $0.head = .seconds(20)
        } _: { service in
            try await RawConnection.open(port: service.port) { connection in
                for _ in 0..<3 {
                    try await connection.write("GET /livez HTTP/1.1\r\nHo")
                    try await connection.write("st: x\r\n\r\n")
                    #expect(try await connection.read(until: "OK"))
                    connection.clear()
                }
            }
        }
    }

    @Test func `a connection without a request is closed in the end`() async throws {
        try await serve {
            $0.idle = .milliseconds(100)
        } _: { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write(Self.request)
                #expect(try await connection.read(until: "OK"))
                #expect(try await !connection.read(until: "never"))
            }
        }
    }

    @Test func `whoever answers a client that does not read is told so`() async throws {
        let ended = Gate()
        let part = ByteBuffer(repeating: 0x61, count: 64 * 1024)
        let endless = ServiceParts(routes: [
            .get("/endless", access: .anyone) { _, _ in
                Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        defer { ended.open() }
                        while true { try await writer.write(part) }
                    })
            }
        ])
        try await serve(endless) {
            $0.write = .milliseconds(200)
        } _: { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
                await ended.pass()
            }
        }
    }

    @Test func `a connection more than there may be is closed, and one that ends makes room`() async throws {
        try await serve {
            $0.atOnce = 1
        } _: { service in
            try await RawConnection.open(port: service.port) { first in
                try await first.write(Self.request)
                #expect(try await first.read(until: "OK"))
                #expect(await !isAnswered(at: service.port))
            }
            // It may be refused while the first is being closed.
            while await !isAnswered(at: service.port) {}
        }
    }

    /// Whether a request on a connection of its own is answered.
    private func isAnswered(at port: Int) async -> Bool {
        let isAnswered = Atomic(false)
        // A connection that is closed at once may break while it is written to.
        try? await RawConnection.open(port: port) { connection in
            try await connection.write(Self.request)
            let answer = try await connection.read(until: "OK")
            isAnswered.store(answer, ordering: .releasing)
        }
        return isAnswered.load(ordering: .acquiring)
    }
}
