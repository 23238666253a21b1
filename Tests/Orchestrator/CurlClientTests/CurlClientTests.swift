import TestSupport
import Testing

@testable import CurlClient

@Suite struct CurlClientTests {
    @Test func `an answer has its status, its headers and its body`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("made", status: "201 Created", headers: "Location: /things/1\r\n")
        }
        let response = try await CurlClient().send(CurlRequest(url: server.url))
        #expect(response.status == 201)
        #expect(response.header("location") == "/things/1")
        #expect(String(decoding: response.body, as: UTF8.self) == "made")
        #expect(response.duration > .zero)
    }

    @Test func `the method, the headers and the body arrive as they were given`() async throws {
        let server = try TestServer { connection in
            guard let request = connection.readRequest() else { return }
            connection.answer(request)
        }
        var request = CurlRequest(method: "PUT", url: server.url + "a?b=c")
        request.headers = [("Content-Type", "application/json"), ("X-Empty", "")]
        request.body = Array("{\"a\":\u{0}1}".utf8)
        let echo = String(decoding: try await CurlClient().send(request).body, as: UTF8.self)
        #expect(echo.hasPrefix("PUT /a?b=c HTTP/1.1\r\n"))
        #expect(echo.contains("Content-Type: application/json\r\n"))
        #expect(echo.contains("X-Empty:\r\n"))
        #expect(!echo.contains("Expect:"))
        #expect(echo.hasSuffix("\r\n\r\n{\"a\":\u{0}1}"))
    }

    @Test func `a POST without a body says that it is empty`() async throws {
        let server = try TestServer { connection in connection.answer(connection.readRequest() ?? "") }
        var request = CurlRequest(method: "POST", url: server.url)
        request.body = []
        let echo = String(decoding: try await CurlClient().send(request).body, as: UTF8.self)
        #expect(echo.contains("Content-Length: 0\r\n"))
        #expect(!echo.contains("Content-Type:"))
    }

    @Test func `headers of an interim answer are not those of the answer`() async throws {
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            connection.answer("")
        }
        let response = try await CurlClient().send(CurlRequest(url: server.url))
        #expect(response.status == 200)
        #expect(response.header("Link") == nil)
    }

    @Test func `a unix socket is spoken to like a host`() async throws {
        let directory = TemporaryDirectory()
        let server = try TestServer(unixSocketPath: "\(directory.path)/s") { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("here")
        }
        let request = CurlRequest(url: "http://msctl/v1/daemon", unixSocketPath: "\(directory.path)/s")
        #expect(try await CurlClient().send(request).body == Array("here".utf8))
        withExtendedLifetime(server) {}
    }

    @Test func `many requests at a time are all answered, each with its own answer`() async throws {
        let server = try TestServer { connection in
            while let request = connection.readRequest() {
                connection.answer(String(request.split(separator: " ")[1]))
            }
        }
        let client = try CurlClient()
        let url = server.url
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 0..<300 {
                group.addTask {
                    let response = try await client.send(CurlRequest(url: url + String(number)))
                    return (number, String(decoding: response.body, as: UTF8.self))
                }
            }
            for try await (number, path) in group { #expect(path == "/\(number)") }
        }
    }
}
