import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct ShutdownTests {
    @Test func `a graceful stop takes no new connections and finishes what is under way`() async throws {
        let (arrived, mayAnswer) = (Gate(), Gate())
        let handler: Route.Handler = { _, _ in
            arrived.open()
            await mayAnswer.pass()
            return .json(.ok, "late")
        }
        try await withUpstream(handler) { upstream in
            let fixture = try Fixture()
            try fixture.publish([.users: [upstream]])
            let runtime = fixture.runtime()
            try await withLiveService(try fixture.parts(in: runtime), in: runtime) { service in
                try await withHTTPClient { http in
                    async let answer = http.execute(
                        HTTPClientRequest(url: "http://127.0.0.1:\(service.port)/api/users"), timeout: .seconds(10))
                    await arrived.pass()
                    await service.stop()
                    await refusal(at: service.port)
                    mayAnswer.open()
                    let response = try await answer
                    #expect(response.status == .ok)
                    #expect(String(buffer: try await response.body.collect(upTo: 100)) == #""late""#)
                }
            }
        }
    }

    /// Returns once nothing listens on `port` any more.
    private func refusal(at port: Int) async {
        while (try? await RawConnection.open(port: port) { _ in }) != nil {}
    }
}
