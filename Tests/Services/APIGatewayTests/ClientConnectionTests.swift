import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

/// What goes on between one client and the gateway, whatever becomes of a single request.
@Suite(.timeLimit(.minutes(1))) struct ClientConnectionTests {
    private func connect(
        _ change: (inout ConnectionBounds) -> Void = { _ in }, before handler: @escaping Route.Handler = Echo.answer,
        _ test: @escaping @Sendable (inout RawConnection, Fixture) async throws -> Void
    ) async throws {
        var bounds = ConnectionBounds()
        change(&bounds)
        let fixture = try Fixture(connections: bounds)
        try await withUpstream(handler) { port in
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                try await RawConnection.open(port: try #require(client.port)) { try await test(&$0, fixture) }
            }
        }
    }

    private static func get(_ target: String) -> String { "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n" }

    @Test func `what a client sends ahead is answered in its order, whoever answers`() async throws {
        let handler: Route.Handler = { request, _ in
            // The first takes longest.
            if request.uri.path.hasSuffix("/1") { try await Task.sleep(for: .milliseconds(50)) }
            return .json(.ok, .string(request.uri.path))
        }
        try await connect(before: handler) { connection, _ in
            let targets = ["/api/users/1", "/livez", "/nowhere", "/api/users/2", "/api/%2f", "/api/users/3"]
            try await connection.write(targets.map(Self.get).joined())
            #expect(try await connection.read(until: "/api/users/3"))
            let answers = connection.received.split(separator: "HTTP/1.1 ")
            #expect(answers.map { $0.prefix(3) } == ["200", "200", "404", "200", "400", "200"])
            let marks = [#""/api/users/1""#, #"{"status":"OK"}"#, "not-found", #""/api/users/2""#, "malformed-request"]
            let places = marks.compactMap { connection.received.firstRange(of: $0)?.lowerBound }
            #expect(places.count == marks.count && places == places.sorted())
        }
    }

    @Test func `a body that was not wanted is not the next request`() async throws {
        try await connect { connection, _ in
            let inner = Self.get("/api/users/inner")
            try await connection.write(
                "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: \(inner.utf8.count)\r\n\r\n\(inner)"
                    + Self.get("/api/users/next"))
            #expect(try await connection.read(until: "/api/users/next"))
            #expect(!connection.received.contains("inner"))
        }
    }

    @Test func `who sends no more still gets all answers`() async throws {
        try await connect { connection, _ in
            try await connection.finish(Self.get("/api/users/1") + Self.get("/api/users/2"))
            #expect(try await connection.read(until: "/api/users/2"))
            #expect(try await !connection.read(until: "never"), "it is closed then")
        }
    }

    @Test func `what is no HTTP is told so, after the answers to what was`() async throws {
        for before in ["", Self.get("/api/users/1"), Self.get("/livez")] {
            try await connect { connection, _ in
                try await connection.write(before + "GET /\u{1} HTP\r\n\r\n")
                #expect(try await connection.read(until: "malformed-request"))
                let answers = connection.received.split(separator: "HTTP/1.1 ")
                #expect(answers.count == (before.isEmpty ? 1 : 2))
                #expect(answers.last?.hasPrefix("400") == true)
                #expect(answers.last?.lowercased().contains("connection: close") == true)
                #expect(try await !connection.read(until: "never"))
            }
        }
    }

    @Test func `a body that is not framed as HTTP has it is told so, and ends upstream without an end`() async throws {
        let (begun, ended) = (Gate(), Gate())
        let handler: Route.Handler = { request, _ in
            begun.open()
            defer { ended.open() }
            _ = try await request.body.collect(upTo: 1024)
            Issue.record("the body was whole")
            return .noContent
        }
        try await connect(before: handler) { connection, fixture in
            try await connection.write(
                "POST /api/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
            await begun.pass()
            try await connection.write("none\r\n")
            #expect(try await connection.read(until: "malformed-request"))
            #expect(connection.received.hasPrefix("HTTP/1.1 400"))
            await ended.pass()
            let line = try await fixture.accessLines(1)[0]
            #expect(line["status"] == 400 && line["failure"] == "broken")
        }
    }

    @Test func `a client that leaves before its answer is in the log, and upstream is told`() async throws {
        let (begun, ended) = (Gate(), Gate())
        let handler: Route.Handler = { _, _ in
            begun.open()
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    defer { ended.open() }
                    while true { try await writer.write(ByteBuffer(repeating: 0x61, count: 65_536)) }
                })
        }
        let fixture = try Fixture()
        try await withUpstream(handler) { port in
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                try await RawConnection.open(port: try #require(client.port)) { connection in
                    try await connection.write(Self.get("/api/users/1"))
                    await begun.pass()
                }
                await ended.pass()
                let line = try await fixture.accessLines(1)[0]
                #expect(line["failure"] == "client-gone")
            }
        }
    }

    @Test func `a connection without a request is closed in the end, one that waits for an answer is not`() async throws
    {
        let handler: Route.Handler = { _, _ in
            try await Task.sleep(for: .milliseconds(400))
            return .json(.ok, "late")
        }
        try await connect {
            $0.idle = .milliseconds(100)
        } before: {
            try await handler($0, $1)
        } _: { connection, _ in
            try await connection.write(Self.get("/api/users/1"))
            #expect(try await connection.read(until: "late"))
            let start = ContinuousClock.now
            #expect(try await !connection.read(until: "never"))
            #expect(start.duration(to: .now) >= .milliseconds(90), "it might have been used again")
        }
    }

    @Test func `a body that does not go on is not waited for`() async throws {
        try await connect {
            $0.idle = .milliseconds(100)
        } _: { connection, _ in
            try await connection.write("POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
            #expect(try await !connection.read(until: "never"))
        }
    }

    @Test func `a request leaves nothing behind`() async throws {
        try await connect { connection, _ in
            func resident() async throws -> Int {
                connection.clear()
                try await connection.write(Self.get("/metrics"))
                #expect(try await connection.read(until: "\nprocess_resident_memory_bytes "))
                let number = connection.received.split(separator: "\nprocess_resident_memory_bytes ")[1].prefix {
                    $0.isNumber
                }
                while !connection.received.hasSuffix("\n") { try await connection.read(until: "\n\n\n") }
                return try #require(Int(number))
            }
            func ask(_ times: Int) async throws {
                for number in 0..<times {
                    connection.clear()
                    try await connection.write(Self.get("/api/users/\(number)"))
                    #expect(try await connection.read(until: #""body":""}"#))
                }
            }
            try await ask(1000)
            let before = try await resident()
            try await ask(4000)
            #expect(try await resident() - before < 6 * 1024 * 1024, "a request holds about 3 KB")
        }
    }
}
