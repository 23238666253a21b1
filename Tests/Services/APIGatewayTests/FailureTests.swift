import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import NIOCore
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct FailureTests {
    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Le", "SMTP ready\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ])
    func `an upstream that answers no HTTP is a 502`(answer: String) async throws {
        let fixture = try Fixture()
        try await ScriptedServer.run(answer) { port in
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                let reply = try await client.send(.get, "/api/users")
                #expect(reply.status == 502)
                #expect(reply.body["type"] == "upstream-broken")
                #expect(try await client.send(.post, "/api/users", ["n": 1]).status == 502)
            }
        }
        #expect(try fixture.logs.events().contains { $0["failure"] == "broken" && $0["error"] != nil })
    }

    @Test func `an upstream that does not answer is a 504`() async throws {
        let listener = try TestListener()
        let fixture = try Fixture(["UPSTREAM_TIMEOUT_MS": "300"])
        try fixture.publish([.users: [listener.port]])
        try await fixture.serve { client in
            let start = ContinuousClock.now
            let reply = try await client.send(.get, "/api/users")
            #expect(start.duration(to: .now) < .seconds(2))
            #expect(reply.status == 504)
            #expect(reply.body["type"] == "upstream-timeout")
            #expect(reply.body["instance"] == "/api/users")
            let posted = try await client.send(.post, "/api/users", ["n": 1])
            #expect(posted.status == 504, "\(posted.text)")
        }
    }

    @Test func `an answer that breaks off leaves the client's without an end, and a line in the log`() async throws {
        let fixture = try Fixture()
        try await ScriptedServer.run("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") { port in
            try fixture.publish([.users: [port]])
            try await fixture.serve { client in
                try await RawConnection.open(port: try #require(client.port)) { connection in
                    try await connection.write("GET /api/users HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(try await !connection.read(until: "halfhalf"))
                    #expect(connection.received.hasSuffix("\r\n\r\nhalf"))
                    #expect(connection.received.lowercased().contains("content-length: 10"))
                }
            }
        }
        let line = try #require(
            try fixture.logs.events().first { $0["message"] == "the upstream broke off its answer" })
        #expect(line["bytes"] == 4)
        #expect(line["traceId"] != nil)
    }

    @Test func `a client that does not send its body in time is told so, and not the upstream blamed`() async throws {
        try await withGateway(["UPSTREAM_TIMEOUT_MS": "300"], before: Echo.answer) { client, fixture in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                try await connection.write("POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhal")
                try await connection.read(until: "request-timeout")
                #expect(connection.received.hasPrefix("HTTP/1.1 408"))
                #expect(connection.received.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func `a client that leaves in mid-body leaves no finished request upstream`() async throws {
        let (begun, ended) = (Gate(), Gate())
        let handler: Route.Handler = { request, _ in
            begun.open()
            defer { ended.open() }
            _ = try await request.body.collect(upTo: 1024)
            Issue.record("the body was whole")
            return .noContent
        }
        try await withGateway(before: handler) { client, _ in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                try await connection.write(
                    "POST /api/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
                await begun.pass()
            }
            await ended.pass()
        }
    }
}
