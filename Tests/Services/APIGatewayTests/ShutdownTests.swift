import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit
import ServiceLifecycle
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct ShutdownTests {
    @Test func `a graceful stop takes no new connections and finishes what is under way`() async throws {
        let arrived = Gate()
        let mayAnswer = Gate()
        let handler: Route.Handler = { _, _ in
            arrived.open()
            await mayAnswer.pass()
            return .json(.ok, "late")
        }
        try await withUpstream(handler) { upstream in
            let fixture = try Fixture()
            try fixture.publish([.users: [upstream]])
            let runtime = ServiceRuntime.test(logs: fixture.logs)
            let (ports, announce) = AsyncStream.makeStream(of: Int.self)
            let application = Announced(
                base: buildApplication(try fixture.parts(in: runtime), in: runtime), announce: announce)
            let group = ServiceGroup(services: [application], logger: runtime.logger)
            try await withHTTPClient { http in
                try await withThrowingTaskGroup { tasks in
                    tasks.addTask { try await group.run() }
                    var iterator = ports.makeAsyncIterator()
                    let port = try #require(await iterator.next())
                    async let answer = http.execute(
                        HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/users"), timeout: .seconds(10))
                    await arrived.pass()
                    await group.triggerGracefulShutdown()
                    await refusal(at: port)
                    mayAnswer.open()
                    let response = try await answer
                    #expect(response.status == .ok)
                    #expect(String(buffer: try await response.body.collect(upTo: 100)) == #""late""#)
                    try await tasks.waitForAll()
                }
            }
        }
    }

    /// Returns once nothing listens on `port` any more.
    private func refusal(at port: Int) async {
        while (try? await RawConnection.open(port: port) { _ in }) != nil {}
    }
}

/// An application that says on which port it listens.
private struct Announced<Base: ApplicationProtocol>: ApplicationProtocol {
    let base: Base
    let announce: AsyncStream<Int>.Continuation

    var responder: Base.Responder { get async throws { try await base.responder } }
    var server: HTTPServerBuilder { base.server }
    var eventLoopGroup: any EventLoopGroup { base.eventLoopGroup }
    var configuration: ApplicationConfiguration { base.configuration }
    var logger: Logger { base.logger }
    var services: [any Service] { base.services }
    var processesRunBeforeServerStart: [@Sendable () async throws -> Void] { base.processesRunBeforeServerStart }

    func onServerRunning(_ channel: any Channel) async {
        await base.onServerRunning(channel)
        if let port = channel.localAddress?.port { announce.yield(port) }
    }
}
