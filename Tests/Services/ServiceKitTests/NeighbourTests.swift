import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import ServiceTestSupport
import Synchronization
import Testing

@testable import ServiceKit

@Suite struct NeighbourTests {
    /// What the neighbour under test answers: it repeats what it was sent.
    private let echo = ServiceParts(routes: [
        .post("/echo/:id", access: .anyone) { request, context in
            .json(
                .ok,
                [
                    "id": .string(context.parameters.get("id") ?? ""), "body": try await request.json(),
                    "authorization": .string(request.headers[.authorization] ?? ""),
                    "traceId": .string(context.identity.trace.traceID),
                    "requestId": .string(context.identity.requestID),
                ])
        },
        .get("/refuse", access: .anyone) { _, _ in throw Problem(type: "no-such", status: .conflict, title: "No") },
        .get("/broken", access: .anyone) { _, _ in throw Problem.internalError },
        .get("/large", access: .anyone) { _, _ in .json(.ok, .string(String(repeating: "x", count: 5000))) },
        .get("/text", access: .anyone) { _, _ in Response(status: .ok, body: .init(byteBuffer: .init(string: "hi"))) },
        .get("/elsewhere", access: .anyone) { _, _ in Response(status: .found, headers: [.location: "/echo/1"]) },
    ])

    private func withNeighbour(
        _ test: @Sendable (Neighbour) async throws -> Void
    ) async throws {
        try await buildApplication(echo, in: .test()).test(.live) { client in
            let port = try #require(client.port)
            let http = OutgoingHTTP()
            let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let neighbour = Neighbour(
                InstancePool("echo", in: .test(), address: url), over: http,
                credential: Secret(bytes: Array("credential".utf8)), bodyLimit: 1000)
            do {
                try await test(neighbour)
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
    }

    @Test func `an answer comes with its body, and the call carried trace, request id and credential`() async throws {
        try await withNeighbour { neighbour in
            let identity = RequestIdentity.fresh()
            let outcome = await RequestIdentity.$current.withValue(identity) {
                await neighbour.send(.post, ["echo", "a/../b?c#d"], body: ["n": 1])
            }
            guard case .answer(let reply) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reply.body["id"] == "a/../b?c#d" || reply.body["id"] == "a%2F..%2Fb%3Fc%23d")
            #expect(reply.body["body"] == ["n": 1])
            #expect(reply.body["authorization"] == "Service credential")
            #expect(reply.body["traceId"]?.string == identity.trace.traceID)
            #expect(reply.body["requestId"]?.string == identity.requestID)
        }
    }

    @Test func `a call is a span of its own with a line in the log`() async throws {
        let logs = LogCapture()
        try await withNeighbour { neighbour in
            let identity = RequestIdentity.fresh()
            await RequestIdentity.$current.withValue(identity) {
                await withLogger(logs.logger()) { _ in _ = await neighbour.send(.get, ["refuse"]) }
            }
            let line = try #require(try logs.events().first { $0["message"] == "call" })
            #expect(line["traceId"]?.string == identity.trace.traceID)
            #expect(line["parentSpanId"]?.string == identity.trace.spanID)
            #expect(line["spanId"]?.string != identity.trace.spanID)
            #expect(line["status"] == "409" && line["path"] == "/refuse" && line["method"] == "GET")
            #expect(line["durationMs"] != nil)
        }
    }

    /// A service that answers `/drip` with a byte every 20 ms without end.
    private let endless = ServiceParts(routes: [
        .get("/drip", access: .anyone) { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    while true {
                        try await writer.write(ByteBuffer(string: "1"))
                        try await Task.sleep(for: .milliseconds(20))
                    }
                })
        }
    ])

    @Test(.timeLimit(.minutes(1)), arguments: [("drip", Duration.milliseconds(300))])
    func `a body without end ends with the time that there is`(
        path: String, timeout: Duration
    ) async throws {
        try await withLiveService(endless) { service in
            let http = OutgoingHTTP()
            let url = try #require(URL(string: "http://127.0.0.1:\(service.port)"))
            let neighbour = Neighbour(
                InstancePool("endless", in: .test(), address: url), over: http, timeout: timeout, bodyLimit: 100_000)
            let start = ContinuousClock.now
            if case .unavailable = await neighbour.send(.get, [path]) {} else { Issue.record("an answer") }
            #expect(start.duration(to: .now) < .seconds(10))
            try await http.shutdown()
        }
    }

    @Test func `second tries are few when every call would need one`() async throws {
        let asked = Mutex(0)
        try await ScriptedServer.run("", whenAsked: { asked.withLock { $0 += 1 } }) { port in
            let http = OutgoingHTTP()
            let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let neighbour = Neighbour(InstancePool("broken", in: .test(), address: url), over: http)
            for _ in 0..<100 { _ = await neighbour.send(.get, ["x"]) }
            try await http.shutdown()
        }
        // A fifth of the calls and the reserve, which one a second is added to.
        #expect(100 + RetryBudget.reserve...150 ~= asked.withLock(\.self))
    }

    @Test func `a refusal is told apart from silence`() async throws {
        try await withNeighbour { neighbour in
            guard case .refused(let reply) = await neighbour.send(.get, ["refuse"]) else {
                Issue.record("not refused")
                return
            }
            #expect(reply.status == .conflict)
            #expect(reply.problemType == "no-such")
            for path in ["broken", "large", "text"] {
                guard case .unavailable = await neighbour.send(.get, [path]) else {
                    Issue.record("\(path) is an answer")
                    continue
                }
            }
        }
    }

    @Test func `a redirect is not followed`() async throws {
        try await withNeighbour { neighbour in
            guard case .answer(let reply) = await neighbour.send(.get, ["elsewhere"]) else {
                Issue.record("no answer")
                return
            }
            #expect(reply.status == .found)
        }
    }

    @Test func `a neighbour that never answers is unavailable within the timeout`() async throws {
        let listener = try TestListener()
        let http = OutgoingHTTP()
        let url = try #require(URL(string: "http://127.0.0.1:\(listener.port)"))
        let neighbour = Neighbour(
            InstancePool("silent", in: .test(), address: url), over: http, timeout: .milliseconds(50))
        if case .unavailable = await neighbour.send(.get, ["slow"]) {} else { Issue.record("an answer") }
        try await http.shutdown()
    }

    @Test func `a neighbour that is not there is unavailable`() async throws {
        let http = OutgoingHTTP()
        // Port 1 is reserved and closed.
        let url = try #require(URL(string: "http://127.0.0.1:1"))
        let neighbour = Neighbour(InstancePool("nobody", in: .test(), address: url), over: http)
        guard case .unavailable(let error) = await neighbour.send(.get, []) else {
            Issue.record("an answer")
            return
        }
        #expect(error.problem.status == .serviceUnavailable)
        try await http.shutdown()
    }

    @Test func `a call on a connection that is being closed is made again if it may be done twice`() async throws {
        try await KeepAliveBreaker.run { server, port in
            let http = OutgoingHTTP()
            let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let neighbour = Neighbour(InstancePool("breaker", in: .test(), address: url), over: http)
            for (isIdempotent, succeeds) in [(true, true), (false, false)] {
                // Its connection is the one that the next call uses.
                _ = await neighbour.send(.get, ["first"])
                let outcome = await neighbour.send(.post, ["x"], body: 1, isIdempotent: isIdempotent)
                if case .answer(let reply) = outcome {
                    #expect(succeeds && reply.body == 1)
                } else {
                    #expect(!succeeds)
                }
            }
            try await http.shutdown()
            #expect(server.requests.filter { $0 == "POST /x 1" }.count == 3)
        }
    }

    @Test func `calls go to the instances that are announced, and to the address when there are none`() async throws {
        let directory = try TemporaryDirectory()
        let time = ManualInstant()
        let http = OutgoingHTTP()
        let announce = { (ports: [Int]) in
            let list = ports.map { #"{"instance":"n.\#($0)","url":"http://127.0.0.1:\#($0)"}"# }.joined(separator: ",")
            time.advance(by: .milliseconds(20))
            return try directory.write(
                "endpoints.json", #"{"schema":"msctl.endpoints/1","services":{"n":[\#(list)]}}"#)
        }
        try await KeepAliveBreaker.run { fixed, fixedPort in
            try await KeepAliveBreaker.run { announced, port in
                let runtime = ServiceRuntime.test(endpoints: try announce([])) { time.now }
                let url = try #require(URL(string: "http://127.0.0.1:\(fixedPort)"))
                let neighbour = Neighbour(InstancePool("n", in: runtime, address: url), over: http)
                _ = await neighbour.send(.get, ["one"])
                _ = try announce([port, 1])
                // One of them refuses; the other is asked.
                for _ in 0..<2 { _ = await neighbour.send(.post, ["two"]) }
                #expect(fixed.requests == ["GET /one"])
                #expect(announced.requests.first == "POST /two")
            }
        }
        try await http.shutdown()
    }
}
