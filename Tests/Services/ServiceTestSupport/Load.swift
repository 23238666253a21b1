import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ServiceKit
import Synchronization

/// Requests of many clients, each of which sends its next at an even pace but not before it has the answer to the last,
/// and what became of them. On a machine that is too slow for the pace there are fewer.
///
/// Every other request is a POST, which nobody may repeat; every fourth has a connection of its own.
package final class Load: Sendable {
    private struct State {
        var begun = 0
        var finished = 0
        var failures: [String] = []
        var isOver = false
        var waiting: [(count: Int, continuation: AsyncStream<Void>.Continuation)] = []
    }

    private static let clients = 25

    private let url: String
    private let state = Mutex(State())

    package init(port: Int, path: String) {
        url = "http://127.0.0.1:\(port)\(path)"
    }

    /// Sends requests until `end` or the end of `body`. Returns what failed: no answer, or a status from 500.
    package func run(perSecond rate: Int, beside body: @escaping @Sendable () async throws -> Void) async throws
        -> [String]
    {
        let http = OutgoingHTTP()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.send(perSecond: rate, over: http) }
                group.addTask {
                    defer { self.stop() }
                    try await body()
                }
                try await group.waitForAll()
            }
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
        return state.withLock { $0.failures }
    }

    /// Begins no more requests, and returns when every one has come to its end.
    package func end() async {
        stop()
        await requests(state.withLock { $0.begun - $0.finished })
    }

    /// Returns when that many more requests have come to their end.
    package func requests(_ count: Int) async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            if count == 0 { return continuation.finish() }
            state.waiting.append((state.finished + count, continuation))
        }
        for await _ in stream {}
    }

    /// How many requests have come to their end.
    package var count: Int { state.withLock { $0.finished } }

    private func stop() {
        state.withLock { $0.isOver = true }
    }

    private func send(perSecond rate: Int, over http: OutgoingHTTP) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<Self.clients {
                group.addTask {
                    while let number = self.begin() {
                        let next = ContinuousClock.now + .seconds(1) * Self.clients / rate
                        await self.send(number, over: http)
                        try await Task.sleep(until: next, clock: .continuous)
                    }
                }
            }
        }
    }

    /// The number of the next request; nil when there are to be no more.
    private func begin() -> Int? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.begun += 1
            return state.begun - 1
        }
    }

    private func send(_ number: Int, over http: OutgoingHTTP) async {
        var request = HTTPClientRequest(url: url)
        if number % 2 == 1 {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: #"{"n":\#(number)}"#))
        }
        if number % 4 < 2 { request.headers.add(name: "Connection", value: "close") }
        var failure: String?
        do {
            let response = try await http.client.execute(request, timeout: .seconds(10))
            _ = try await response.body.collect(upTo: 1024 * 1024)
            if response.status.code >= 500 { failure = "\(number): \(response.status)" }
        } catch {
            failure = "\(number) \(request.method): \(error)"
        }
        state.withLock { state in
            state.finished += 1
            if let failure { state.failures.append(failure) }
            state.waiting.removeAll { waiting in
                guard waiting.count <= state.finished else { return false }
                waiting.continuation.finish()
                return true
            }
        }
    }
}
