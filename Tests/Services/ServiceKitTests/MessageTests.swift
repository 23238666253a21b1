import HTTPTypes
import Hummingbird
import NIOCore
import ServiceTestSupport
import Testing

@testable import ServiceKit

/// What goes over a connection, byte for byte.
@Suite(.timeLimit(.minutes(1))) struct MessageTests {
    private let parts = ServiceParts(routes: [
        .post("/echo", access: .anyone) { request, _ in .json(.ok, try await request.json()) },
        .post("/refuse", access: .anyone) { _, _ in throw Problem.forbidden },
        .get("/stream", access: .anyone) { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "streamed"))
                    try await writer.finish(nil)
                })
        },
    ])

    private func connect(
        _ test: @escaping @Sendable (inout RawConnection) async throws -> Void
    ) async throws {
        try await withLiveService(parts) { service in try await RawConnection.open(port: service.port, test) }
    }

    private static func post(_ path: String, _ fields: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(fields)\r\n\r\n"
    }

    @Test func `a client of HTTP 1.0 gets no chunks, and its answer ends with the connection`() async throws {
        for field in ["", "Connection: keep-alive\r\n"] {
            try await connect { connection in
                try await connection.write("GET /stream HTTP/1.0\r\nHost: x\r\n\(field)\r\n")
                #expect(try await !connection.read(until: "never"))
                #expect(connection.received.hasPrefix("HTTP/1.0 200"))
                #expect(connection.received.hasSuffix("\r\n\r\nstreamed"))
                #expect(connection.received.lowercased().contains("connection: close"))
                #expect(!connection.received.lowercased().contains("transfer-encoding"))
            }
        }
    }

    @Test func `of requests that come all at once each is answered as it may be`() async throws {
        try await connect { connection in
            let requests = [
                "HEAD /stream HTTP/1.1", "GET /stream HTTP/1.1", "HEAD /stream HTTP/1.1", "GET /stream HTTP/1.0",
            ]
            try await connection.write(requests.map { "\($0)\r\nHost: x\r\n\r\n" }.joined())
            #expect(try await !connection.read(until: "never"))
            let answers = connection.received.split(separator: "HTTP/1.")
            #expect(answers.map { $0.hasPrefix("1 200") } == [true, true, true, false])
            #expect(answers.map { $0.hasSuffix("\r\n\r\n8\r\nstreamed\r\n0\r\n\r\n") } == [false, true, false, false])
            #expect(answers.map { $0.contains("streamed") } == [false, true, false, true])
            #expect(answers.last?.hasPrefix("0 200") == true)
        }
    }

    @Test(arguments: ["close", "Close", "x, close"])
    func `a client that wants one answer gets one`(option: String) async throws {
        try await connect { connection in
            try await connection.write("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: \(option)\r\n\r\n")
            #expect(try await !connection.read(until: "never"))
            #expect(connection.received.hasPrefix("HTTP/1.1 200"))
            #expect(connection.received.lowercased().contains("connection: close"))
        }
    }

    @Test func `a client that asks whether to send its body is told so when somebody wants it`() async throws {
        try await connect { connection in
            for _ in 0..<2 {
                try await connection.write(Self.post("/echo", "Expect: 100-continue\r\nContent-Length: 4"))
                #expect(try await connection.read(until: "\r\n\r\n"))
                #expect(connection.received == "HTTP/1.1 100 Continue\r\n\r\n")
                connection.clear()
                try await connection.write("true")
                #expect(try await connection.read(until: "\r\n\r\ntrue"))
                #expect(connection.received.hasPrefix("HTTP/1.1 200"))
                connection.clear()
            }
        }
    }

    @Test func `and is refused without having sent it`() async throws {
        try await connect { connection in
            try await connection.write(Self.post("/refuse", "Expect: 100-Continue\r\nContent-Length: 4"))
            #expect(try await !connection.read(until: "never"))
            #expect(connection.received.hasPrefix("HTTP/1.1 403"))
            #expect(connection.received.lowercased().contains("connection: close"))
        }
    }

    @Test func `what follows an answer is thrown away, but not without end`() async throws {
        try await connect { connection in
            let part = String(repeating: "a", count: 1024)
            try await connection.write(Self.post("/refuse", "Content-Length: 60000"))
            #expect(try await connection.read(until: #""}"#))
            connection.clear()
            try await connection.write(String(repeating: "a", count: 60_000) + "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connection.read(until: "OK"))
            #expect(connection.received.hasPrefix("HTTP/1.1 200"))
            connection.clear()
            try await connection.write(Self.post("/refuse", "Content-Length: 10000000"))
            #expect(try await connection.read(until: #""}"#))
            connection.clear()
            for _ in 0..<65 { try await connection.write(part) }
            #expect(try await !connection.read(until: "never"))
        }
    }

    @Test func `a request that breaks in mid-body leaves a line and a place in the metrics`() async throws {
        let logs = LogCapture()
        let runtime = ServiceRuntime.test(logs: logs)
        try await withLiveService(parts, in: runtime) { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write(Self.post("/echo", "Transfer-Encoding: chunked") + "no number\r\n")
                #expect(try await !connection.read(until: "never"))
                #expect(connection.received.hasPrefix("HTTP/1.1 400"))
            }
        }
        let line = try #require(try logs.events().first { $0["message"] == "request" })
        #expect(line["status"] == 400)
        #expect(line["failure"] == "broken")
        #expect(line["traceId"] != nil)
        let labels = #"http_route="/echo",http_response_status_code="400",error_type="broken"} 1"#
        #expect(runtime.metrics.text().contains(labels))
    }

    @Test func `the duration of a streamed answer is that of its whole`() async throws {
        let logs = LogCapture()
        let (begun, mayEnd) = (Gate(), Gate())
        let parts = ServiceParts(routes: [
            .get("/slow", access: .anyone) { _, _ in
                Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        try await writer.write(ByteBuffer(string: "first"))
                        begun.open()
                        await mayEnd.pass()
                        try await writer.finish(nil)
                    })
            }
        ])
        try await withLiveService(parts, in: .test(logs: logs)) { service in
            try await RawConnection.open(port: service.port) { connection in
                try await connection.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.read(until: "first"))
                await begun.pass()
                #expect(try !logs.events().contains { $0["message"] == "request" })
                mayEnd.open()
                #expect(try await connection.read(until: "0\r\n\r\n"))
            }
        }
        #expect(try logs.events().contains { $0["message"] == "request" && $0["path"] == "/slow" })
    }
}
