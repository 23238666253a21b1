import TestSupport
import Testing

@testable import CurlClient

@Suite struct CurlErrorTests {
    @Test func `a port nobody listens on refuses`() async throws {
        let client = try CurlClient()
        let request = CurlRequest(url: "http://127.0.0.1:\(FreePort.choose())/")
        await #expect { try await client.send(request) } throws: { Case.refused.matches($0) }
    }

    @Test func `a unix socket that is not there refuses`() async throws {
        let client = try CurlClient()
        let request = CurlRequest(url: "http://msctl/", unixSocketPath: "/nonexistent/control.sock")
        await #expect { try await client.send(request) } throws: { Case.refused.matches($0) }
    }

    @Test func `a name that means nothing does not resolve`() async throws {
        let client = try CurlClient()
        // RFC 7686: libcurl never asks anybody for .onion names.
        let request = CurlRequest(url: "http://nobody.onion/")
        await #expect { try await client.send(request) } throws: { Case.resolve.matches($0) }
    }

    @Test func `a server that never answers times out`() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let client = try CurlClient()
        var request = CurlRequest(url: server.url)
        request.timeout = .milliseconds(50)
        await #expect(throws: CurlError.timedOut) { try await client.send(request) }
    }

    @Test func `an answer cut short is interrupted`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        let client = try CurlClient()
        await #expect { try await client.send(CurlRequest(url: server.url)) } throws: { Case.interrupted.matches($0) }
    }

    @Test func `a connection closed without a word is interrupted`() async throws {
        let server = try TestServer { connection in _ = connection.readRequest() }
        let client = try CurlClient()
        await #expect { try await client.send(CurlRequest(url: server.url)) } throws: { Case.interrupted.matches($0) }
    }

    @Test func `an answer over the limit is too large, one at the limit is not`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(String(repeating: "x", count: 1000))
        }
        let client = try CurlClient()
        var request = CurlRequest(url: server.url)
        request.maximumBodyBytes = 1000
        #expect(try await client.send(request).body.count == 1000)
        request.maximumBodyBytes = 999
        await #expect(throws: CurlError.tooLarge(limit: 999)) { try await client.send(request) }
    }

    @Test func `a header with a line break is not sent`() async throws {
        let client = try CurlClient()
        var request = CurlRequest(url: "http://127.0.0.1:1/")
        request.headers = [("X-Note", "a\r\nX-Other: b")]
        await #expect { try await client.send(request) } throws: { Case.other.matches($0) }
    }

    @Test func `what is no URL is told by libcurl's number`() async throws {
        let client = try CurlClient()
        await #expect { try await client.send(CurlRequest(url: "http://:::/")) } throws: { Case.other.matches($0) }
    }

    @Test func `cancelling ends the transfer and closes its connection`() async throws {
        let (events, seen) = AsyncStream.makeStream(of: String.self)
        let server = try TestServer { connection in
            _ = connection.readRequest()
            seen.yield("asked")
            connection.waitForEnd()
            seen.yield("closed")
        }
        let client = try CurlClient()
        let url = server.url
        let task = Task { try await client.send(CurlRequest(url: url)) }
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == "asked")
        task.cancel()
        await #expect(throws: CurlError.cancelled) { try await task.value }
        #expect(await iterator.next() == "closed")
    }

    @Test func `a task that is cancelled already sends nothing`() async throws {
        let client = try CurlClient()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(CurlRequest(url: "http://127.0.0.1:1/"))
        }
        await #expect(throws: CurlError.cancelled) { try await task.value }
    }

    /// An error's case, whatever libcurl has written beside it.
    private enum Case {
        case refused, resolve, interrupted, other

        func matches(_ error: any Error) -> Bool {
            switch (self, error as? CurlError) {
            case (.refused, .refused), (.resolve, .resolve), (.interrupted, .interrupted), (.other, .other): true
            default: false
            }
        }
    }
}
