import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceTestSupport
import Synchronization
import Testing

@testable import ServiceKit

@Suite struct DeadlineTests {
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
}
