import Foundation
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@Suite struct RevocationFeedTests {
    /// A user-service that tells of sessions page by page, or does not answer.
    private final class Users: Sendable {
        private struct State {
            var ended: [String] = []
            var isDown = false
            var questions: [Int64] = []
            var deadlines: [Int] = []
        }

        private let state = Mutex(State())

        var questions: [Int64] { state.withLock(\.questions) }

        /// How many milliseconds each question was to take at most.
        var deadlines: [Int] { state.withLock(\.deadlines) }

        func end(_ sessions: String...) { state.withLock { $0.ended += sessions } }

        func set(isDown: Bool) { state.withLock { $0.isDown = isDown } }

        var parts: ServiceParts {
            ServiceParts(routes: [
                .get("/internal/revocations/:since", access: .anyone) { request, context in
                    let deadline = request.headers[CallDeadline.field].flatMap { Int($0) }
                    let since = context.parameters.get("since").flatMap(Int64.init) ?? -1
                    return try self.state.withLock { state in
                        state.questions.append(since)
                        state.deadlines.append(deadline ?? .max)
                        if state.isDown { throw Problem.internalError }
                        let page = state.ended.dropFirst(Int(since)).prefix(2)
                        return .json(
                            .ok,
                            RevocationPage(
                                sessions: page.map { (id: $0, remaining: .seconds(60)) },
                                next: since + Int64(page.count), hasMore: page.count == 2
                            ).json)
                    }
                }
            ])
        }
    }

    private func withFeed(
        _ users: Users, logs: LogCapture = LogCapture(), time: ManualInstant = ManualInstant(),
        revoked: RevocationSet = RevocationSet(), pause: @escaping RevocationFeed.Pause = RevocationFeed.sleep,
        _ test: @Sendable (RevocationFeed) async throws -> Void
    ) async throws {
        try await buildApplication(users.parts, in: .test()).test(.live) { client in
            let port = try #require(client.port)
            let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let http = OutgoingHTTP()
            let feed = RevocationFeed(
                of: Neighbour(InstancePool("user-service", in: .test(), address: url), over: http),
                logger: logs.logger(), now: { time.now }, revoked: revoked, pause: pause)
            do {
                try await test(feed)
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
    }

    @Test func `a round hears of everything that is new, page by page`() async throws {
        let users = Users()
        let revoked = RevocationSet()
        try await withFeed(users, revoked: revoked) { feed in
            users.end("a", "b", "c")
            await feed.round()
            #expect(revoked.count == 3)
            users.end("d")
            await feed.round()
            let known = (try await feed.check.isRevoked("d"), try await feed.check.isRevoked("e"))
            #expect(known == (true, false))
        }
        #expect(users.questions == [0, 2, 3])
    }

    @Test func `a question is given up in time to be asked again within two seconds`() async throws {
        let users = Users()
        try await withFeed(users) { feed in await feed.round() }
        #expect(users.deadlines.count == 1)
        #expect(users.deadlines.allSatisfy { $0 <= 500 })
        #expect(RevocationFeed.interval + RevocationFeed.patience + RevocationFeed.patience <= .seconds(2))
    }

    @Test func `while the user-service does not answer tokens are accepted, and one line says so`() async throws {
        let users = Users()
        let logs = LogCapture()
        let mint = TokenMint()
        try await withFeed(users, logs: logs) { feed in
            let verifier = TokenVerifier(keys: .fixed(mint.keySet), revocations: feed.check)
            users.end("a")
            users.set(isDown: true)
            for _ in 0..<3 { await feed.round() }
            _ = try await verifier.account(token: mint.token(session: "a"))

            users.set(isDown: false)
            await feed.round()
            await #expect(throws: Problem.invalidToken) { try await verifier.account(token: mint.token(session: "a")) }
            _ = try await verifier.account(token: mint.token(session: "b"))
            _ = try await verifier.account(token: mint.token())

            // What was heard of stays in force.
            users.set(isDown: true)
            await feed.round()
            await #expect(throws: Problem.invalidToken) { try await verifier.account(token: mint.token(session: "a")) }
        }
        #expect(try logs.events().compactMap { $0["level"]?.string } == ["warning", "notice", "warning"])
    }

    @Test func `a session that cannot be looked up is a 503 and not a 401`() async throws {
        struct Down: Error {}
        let mint = TokenMint()
        let verifier = TokenVerifier(
            keys: .fixed(mint.keySet), revocations: RevocationCheck { _ in throw Down() })
        let error = await #expect(throws: Problem.self) { try await verifier.account(token: mint.token(session: "a")) }
        #expect(error?.status == .serviceUnavailable)
        _ = try await verifier.account(token: mint.token())
    }

    @Test func `sessions are forgotten when their tokens have expired, and the oldest when there are too many`() {
        let revoked = RevocationSet(capacity: 3)
        let start = ContinuousClock.now
        revoked.add([(id: "a", end: start + .seconds(1)), (id: "b", end: start + .seconds(9))], now: start)
        revoked.add([], now: start + .seconds(1))
        #expect(!revoked.contains("a"))
        #expect(revoked.contains("b"))
        revoked.add(["c", "d", "e", "e"].map { (id: $0, end: start + .seconds(10)) }, now: start + .seconds(1))
        #expect(revoked.count == 3)
        #expect(!revoked.contains("b"))
        #expect(revoked.contains("c") && revoked.contains("d") && revoked.contains("e"))
    }

    @Test func `the feed asks again after a second until the service stops`() async throws {
        let users = Users()
        let pauses = Mutex<[Duration]>([])
        let pause: RevocationFeed.Pause = { duration in
            let count = pauses.withLock {
                $0.append(duration)
                return $0.count
            }
            if count == 3 { throw CancellationError() }
        }
        try await withFeed(users, pause: pause) { feed in try await feed.run() }
        #expect(pauses.withLock(\.self) == [.seconds(1), .seconds(1), .seconds(1)])
        #expect(users.questions == [0, 0, 0])
    }
}
