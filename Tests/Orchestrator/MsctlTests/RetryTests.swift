import ArgumentParser
import CurlClient
import Testing

@testable import msctl

@Suite struct RetryTests {
    @Test(
        arguments: [
            (nil, 1, 1, .milliseconds(250)), (nil, 2, 1, .milliseconds(500)), (nil, 2, 0, .zero), (nil, 3, 1, nil),
            (2, 1, 0, .seconds(2)), (2, 1, 1, .milliseconds(2250)), (-1, 1, 0, .zero), (10, 1, 0, .seconds(10)),
            (11, 1, 0, nil),
        ] as [(Int?, Int, Double, Duration?)])
    func `the pause before the next try`(retryAfter: Int?, tries: Int, random: Double, pause: Duration?) {
        let outcome = RetryPolicy.Outcome.unanswered(retryAfter: retryAfter)
        #expect(RetryPolicy.pause(after: outcome, tries: tries, random: random) == pause)
    }

    @Test(
        arguments: [
            (1, 1, 0, .seconds(1)), (nil, 1, 0, .seconds(1)), (0, 14, 1, .milliseconds(1250)), (2, 9, 0, .seconds(2)),
            (1, 15, 0, nil), (11, 1, 0, nil),
        ] as [(Int?, Int, Double, Duration?)])
    func `the pause while a try before is under way`(retryAfter: Int?, tries: Int, random: Double, pause: Duration?) {
        let outcome = RetryPolicy.Outcome.underWay(retryAfter: retryAfter)
        #expect(RetryPolicy.pause(after: outcome, tries: tries, random: random) == pause)
    }

    @Test func `an answer is final`() {
        #expect(RetryPolicy.pause(after: .final, tries: 1, random: 1) == nil)
        for status in [200, 201, 400, 401, 404, 409, 412, 422, 429, 500, 501] {
            #expect(RetryPolicy.Outcome(.success(response(status))) == .final, "\(status)")
        }
        for error in [CurlError.timedOut, .cancelled, .resolve("x"), .tooLarge(limit: 1), .libraryMissing("x")] {
            #expect(RetryPolicy.Outcome(.failure(error)) == .final, "\(error)")
        }
    }

    @Test func `a broken connection and an absent service are no answers`() {
        #expect(RetryPolicy.Outcome(.failure(.interrupted("x"))) == .unanswered(retryAfter: nil))
        #expect(RetryPolicy.Outcome(.failure(.refused("x"))) == .unanswered(retryAfter: nil))
        #expect(RetryPolicy.Outcome(.success(response(502))) == .unanswered(retryAfter: nil))
        #expect(RetryPolicy.Outcome(.success(response(504))) == .unanswered(retryAfter: nil))
        #expect(RetryPolicy.Outcome(.success(response(503, "3"))) == .unanswered(retryAfter: 3))
        let running = response(409, "1", body: #"{"type":"request-in-progress"}"#)
        #expect(RetryPolicy.Outcome(.success(running)) == .underWay(retryAfter: 1))
    }

    @Test func `a request is sent again with its key until it is answered`() async throws {
        let api = try ScriptedAPI([
            .brokenOff, .init(status: 503, headers: "Retry-After: 2\r\n"), .init(status: 201, body: #"{"id":"o1"}"#),
        ])
        let answer = try await api.shop().call(placing("k1"))
        #expect(answer.status == 201)
        #expect(api.values("Idempotency-Key") == ["k1", "k1", "k1"])
        #expect(api.pauses == [.milliseconds(125), .milliseconds(2250)])
    }

    @Test func `after three tries the key is told, for the next command`() async throws {
        let api = try ScriptedAPI([.init(status: 502), .init(status: 502), .init(status: 502)])
        let shop = try api.shop()
        await #expect {
            _ = try await shop.call(placing("k1"))
        } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitCode == 69 && failure.hint?.contains("--idempotency-key k1") == true
        }
        #expect(api.requests.count == 3)
    }

    @Test func `a request is sent again for longer than its first try may take, then its key is told`() async throws {
        let running = ScriptedAPI.Answer(
            status: 409, body: #"{"type":"request-in-progress","title":"Still running"}"#,
            headers: "Retry-After: 1\r\n")
        let api = try ScriptedAPI([.brokenOff] + Array(repeating: running, count: 20))
        let shop = try api.shop()
        await #expect {
            _ = try await shop.call(placing("k1"))
        } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitCode == 75 && failure.hint?.contains("--idempotency-key k1") == true
        }
        #expect(Set(api.values("Idempotency-Key")) == ["k1"])
        // The order-service takes a key without an answer for a request that runs for 10 s.
        #expect(api.pauses.reduce(.zero, +) > .seconds(10))
    }

    @Test func `an order whose first try was under way is placed once`() async throws {
        let api = try ScriptedAPI([
            .init(status: 409, body: #"{"type":"request-in-progress"}"#),
            .init(status: 201, body: #"{"id":"o1"}"#),
        ])
        #expect(try await api.shop().call(placing("k1")).status == 201)
        #expect(api.values("Idempotency-Key") == ["k1", "k1"])
    }

    @Test func `what has ended does not end again, so it is asked for until it is answered`() async throws {
        let api = try ScriptedAPI([.brokenOff, .init(status: 502), .init(status: 200)])
        #expect(try await api.shop().call(OrderCancelCommand.request("1")).status == 200)
        #expect(api.asked == Array(repeating: "POST /api/orders/1/cancel", count: 3))
    }

    @Test func `what may not be done twice is sent once`() async throws {
        let api = try ScriptedAPI([.brokenOff])
        let shop = try api.shop()
        await #expect {
            _ = try await shop.call(ShopRequest("POST", "api", "users", "login"))
        } throws: {
            ($0 as? CommandFailure)?.exitCode == 69
        }
        #expect(api.asked == ["POST /api/users/login"])
        #expect(api.pauses == [])
    }

    @Test func `what may not be done twice goes over no connection that may break under it`() async throws {
        let api = try ScriptedAPI([.init(status: 200), .brokenOff])
        let shop = try api.shop()
        _ = try await shop.call(ShopRequest("GET", "api", "orders"))
        await #expect {
            _ = try await shop.call(ShopRequest("POST", "api", "users", "login"))
        } throws: {
            ($0 as? CommandFailure)?.exitCode == 69
        }
        #expect(api.asked == ["GET /api/orders", "POST /api/users/login"])
    }

    @Test func `what may be done twice`() {
        #expect(ShopRequest("GET", "a").isRepeatable)
        #expect(ShopRequest("PUT", "a").isRepeatable)
        #expect(!ShopRequest("POST", "a").isRepeatable)
        #expect(placing("k").isRepeatable)
        #expect(OrderCancelCommand.request("1").isRepeatable)
    }

    @Test func `a key is visible ASCII of its own choice, or a new one each time`() throws {
        #expect(IdempotencyKey(argument: "order-17")?.text == "order-17")
        for wrong in ["", "a b", "é", "a\n", String(repeating: "k", count: 129)] {
            #expect(IdempotencyKey(argument: wrong) == nil)
        }
        let options = try IdempotencyOptions.parse([])
        #expect(options.key() != options.key())
        #expect(try IdempotencyOptions.parse(["--idempotency-key", "k"]).key() == "k")
    }

    private func placing(_ key: String) -> ShopRequest {
        var request = ShopRequest("POST", "api", "orders", body: .object([]))
        request.idempotencyKey = key
        return request
    }

    private func response(_ status: Int, _ retryAfter: String? = nil, body: String = "") -> CurlResponse {
        CurlResponse(
            status: status, headers: retryAfter.map { [("Retry-After", $0)] } ?? [], body: Array(body.utf8),
            duration: .zero)
    }
}
