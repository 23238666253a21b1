import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct StreamTests {
    private static let mebibyte = ByteBuffer(repeating: 0x61, count: 1024 * 1024)

    @Test func `an answer of 20 MiB passes part by part`() async throws {
        let firstPartRead = Gate()
        let handler: Route.Handler = { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(Self.mebibyte)
                    // Were the answer collected anywhere, this would wait for ever.
                    await firstPartRead.pass()
                    for _ in 1..<20 { try await writer.write(Self.mebibyte) }
                    try await writer.finish(nil)
                })
        }
        try await withGateway(before: handler) { client, _ in
            let received = try await withHTTPClient { http in
                let url = "http://127.0.0.1:\(try #require(client.port))/api/users/export"
                let response = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
                var count = 0
                for try await part in response.body {
                    count += part.readableBytes
                    firstPartRead.open()
                }
                return count
            }
            #expect(received == 20 * 1024 * 1024)
        }
    }

    @Test func `a body passes part by part, and its answer may begin before it ends`() async throws {
        let handler: Route.Handler = { request, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for try await part in request.body { try await writer.write(part) }
                    try await writer.finish(nil)
                })
        }
        try await withGateway(before: handler) { client, _ in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                try await connection.write(
                    "POST /api/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
                #expect(try await connection.read(until: "first"))
                try await connection.write("6\r\nsecond\r\n0\r\n\r\n")
                #expect(try await connection.read(until: "second"))
                #expect(try await connection.read(until: "0\r\n\r\n"))
            }
        }
    }

    @Test func `an answer before the end of the body leaves the connection in order`() async throws {
        let handler: Route.Handler = { request, context in
            if request.method == .post { throw Problem.unauthenticated }
            return try await Echo.answer(request, context)
        }
        try await withGateway(before: handler) { client, _ in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                for _ in 0..<3 {
                    try await connection.write("POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nfirst")
                    #expect(try await connection.read(until: #""traceId""#))
                    #expect(connection.received.hasPrefix("HTTP/1.1 401"))
                    try await connection.write("half")
                    connection.clear()
                    try await connection.write("GET /api/users?again HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(try await connection.read(until: #""body":""}"#))
                    #expect(connection.received.hasPrefix("HTTP/1.1 200"))
                    connection.clear()
                }
            }
        }
    }

    @Test func `a body over the limit is a 413, announced or not`() async throws {
        try await withGateway(["MAX_BODY_BYTES": "1000"], before: Echo.answer) { client, _ in
            let exact = try await client.send(.post, "/api/users", bytes: [UInt8](repeating: 0x61, count: 1000))
            #expect(exact.status == 200)
            let port = try #require(client.port)
            try await RawConnection.open(port: port) { connection in
                try await connection.write("POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
                #expect(try await connection.read(until: "body-too-large"))
                #expect(connection.received.hasPrefix("HTTP/1.1 413"))
            }
            try await RawConnection.open(port: port) { connection in
                let part = "3e8\r\n\(String(repeating: "a", count: 1000))\r\n"
                try await connection.write(
                    "POST /api/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(part)1\r\na\r\n")
                #expect(try await connection.read(until: "body-too-large"))
                #expect(connection.received.hasPrefix("HTTP/1.1 413"))
                #expect(connection.received.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func `a client that leaves during the answer ends the request upstream`() async throws {
        let stopped = Gate()
        let handler: Route.Handler = { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    defer { stopped.open() }
                    while true { try await writer.write(Self.mebibyte) }
                })
        }
        try await withGateway(before: handler) { client, fixture in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                try await connection.write("GET /api/users HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.read(until: "aaaa"))
            }
            await stopped.pass()
        }
    }
}

/// A client of the test's own, closed afterwards.
func withHTTPClient<Value>(_ test: (HTTPClient) async throws -> Value) async throws -> Value {
    let http = OutgoingHTTP()
    do {
        let value = try await test(http.client)
        try await http.shutdown()
        return value
    } catch {
        try await http.shutdown()
        throw error
    }
}
