import TestSupport
import Testing

@testable import CurlClient

@Suite struct CurlStreamTests {
    @Test func `lines come whole, whatever pieces they arrive in`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nConnection: close\r\n\r\n")
            for piece in ["on", "e\ntwo\nth", "ree\n\nla", "st"] { connection.write(piece) }
        }
        let stream = try await CurlClient().stream(CurlRequest(url: server.url))
        #expect(stream.status == 200)
        #expect(stream.headers.contains { $0.name == "Content-Type" && $0.value == "application/jsonl" })
        #expect(try await lines(of: stream) == ["one", "two", "three", "", "last"])
    }

    @Test func `the head is there before the first line`() async throws {
        let (sent, send) = AsyncStream.makeStream(of: Void.self)
        let gate = Gate()
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            gate.wait()
            connection.write("late\n")
            send.finish()
        }
        let stream = try await CurlClient().stream(CurlRequest(url: server.url))
        #expect(stream.status == 200)
        gate.open()
        #expect(try await lines(of: stream) == ["late"])
        for await _ in sent {}
    }

    @Test func `an answer without a body has a head and no lines`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("", status: "503 Service Unavailable")
        }
        let stream = try await CurlClient().stream(CurlRequest(url: server.url))
        #expect(stream.status == 503)
        #expect(try await lines(of: stream) == [])
    }

    @Test func `a stream that breaks gives its lines, then the error`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\none\n")
        }
        let stream = try await CurlClient().stream(CurlRequest(url: server.url))
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == Array("one".utf8))
        await #expect(throws: CurlError.self) { try await iterator.next() }
    }

    @Test func `what waits for a slow reader is bounded`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            connection.write(String(repeating: String(repeating: "x", count: 99) + "\n", count: 100))
            connection.waitForEnd()
        }
        var request = CurlRequest(url: server.url)
        request.maximumBodyBytes = 500
        let stream = try await CurlClient().stream(request)
        await #expect(throws: CurlError.tooLarge(limit: 500)) { for try await _ in stream {} }
    }

    @Test func `nobody to speak to is an error before the stream`() async throws {
        let client = try CurlClient()
        let request = CurlRequest(url: "http://127.0.0.1:\(FreePort.choose())/")
        await #expect(throws: CurlError.self) { _ = try await client.stream(request) }
    }

    @Test func `dropping a stream closes its connection`() async throws {
        let (closed, end) = AsyncStream.makeStream(of: Void.self)
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none\n")
            connection.waitForEnd()
            end.finish()
        }
        let client = try CurlClient()
        do {
            let stream = try await client.stream(CurlRequest(url: server.url))
            var iterator = stream.makeAsyncIterator()
            #expect(try await iterator.next() == Array("one".utf8))
        }
        for await _ in closed {}
    }

    private func lines(of stream: CurlStream) async throws -> [String] {
        var lines: [String] = []
        for try await line in stream { lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }
}
