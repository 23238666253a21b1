import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceTestSupport
import Synchronization
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(1))) struct DeadlineTests {
    @Test(arguments: ["0", "-1", "soon", "1.5", "99999999999"])
    func `a deadline that is over or none is refused before anything is done`(value: String) async throws {
        let asked = Mutex(0)
        let parts = ServiceParts(routes: [
            .get("/work", access: .anyone) { _, _ in
                asked.withLock { $0 += 1 }
                return .json(.ok, "done")
            }
        ])
        try await buildApplication(parts, in: .test()).test(.router) { client in
            let reply = try await client.send(.get, "/work", headers: [CallDeadline.field: value])
            #expect(reply.status == (value == "0" ? 504 : 400))
            #expect(asked.withLock(\.self) == 0)
            #expect(try await client.send(.get, "/work").status == 200)
        }
    }

    @Test func `what is left of a deadline goes with each call, and a call that nobody waits for is not made`()
        async throws
    {
        let asked = Mutex<[String?]>([])
        let last = ServiceParts(routes: [
            .get("/work", access: .anyone) { request, _ in
                asked.withLock { $0.append(request.headers[CallDeadline.field]) }
                return .json(.ok, "done")
            }
        ])
        try await buildApplication(last, in: .test()).test(.live) { client in
            let port = try #require(client.port)
            let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let http = OutgoingHTTP()
            let neighbour = Neighbour(InstancePool("last", in: .test(), address: url), over: http)
            let first = ServiceParts(routes: [
                .get("/work", access: .anyone) { request, _ in
                    // Its own part takes as long as the client waits.
                    if request.uri.queryParameters["slow"] != nil, let end = CallDeadline.current {
                        try await ContinuousClock().sleep(until: end)
                    }
                    switch await neighbour.send(.get, ["work"]) {
                    case .answer: return .json(.ok, "done")
                    case .refused: throw Problem.internalError
                    case .unavailable(let error): throw error
                    }
                }
            ])
            try await buildApplication(first, in: .test()).test(.router) { client in
                let inTime = try await client.send(.get, "/work", headers: [CallDeadline.field: "60000"])
                #expect(inTime.status == 200)
                let left = try #require(asked.withLock { $0.first ?? nil }.flatMap { Int($0) })
                #expect(1...60_000 ~= left)
                let late = try await client.send(.get, "/work?slow=1", headers: [CallDeadline.field: "50"])
                #expect(late.status == 503)
                #expect(asked.withLock(\.count) == 1)
            }
            try await http.shutdown()
        }
    }

    @Test func `of three stages the third is not begun when the time is that of one and a quarter`() async throws {
        let begun = Mutex<[Int]>([])
        let isOver = Gate()
        let http = OutgoingHTTP()
        let work = Duration.milliseconds(400)
        /// Works, then asks the service on `port` for the rest.
        func stage(_ number: Int, before port: Int?) throws -> ServiceParts {
            let next = try port.map { port in
                let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
                return Neighbour(InstancePool("stage \(number + 1)", in: .test(), address: url), over: http)
            }
            return ServiceParts(routes: [
                .get("/work", access: .anyone) { _, _ in
                    begun.withLock { $0.append(number) }
                    try await Task.sleep(for: work)
                    let outcome = await next?.send(.get, ["work"])
                    if number == 2 { isOver.open() }
                    if case .unavailable(let error)? = outcome { throw error }
                    return .json(.ok, "done")
                }
            ])
        }
        try await withLiveService(try stage(3, before: nil)) { third in
            try await withLiveService(try stage(2, before: third.port)) { second in
                try await withLiveService(try stage(1, before: second.port)) { first in
                    let url = try #require(URL(string: "http://127.0.0.1:\(first.port)"))
                    let neighbour = Neighbour(InstancePool("first", in: .test(), address: url), over: http)
                    await CallDeadline.$current.withValue(ContinuousClock.now.advanced(by: work * 5 / 4)) {
                        guard case .unavailable = await neighbour.send(.get, ["work"]) else {
                            Issue.record("an answer")
                            return
                        }
                    }
                    await isOver.pass()
                }
            }
        }
        try await http.shutdown()
        #expect(begun.withLock(\.self) == [1, 2])
    }
}
