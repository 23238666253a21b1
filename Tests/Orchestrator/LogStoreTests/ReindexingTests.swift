import Dispatch
import Foundation
import StateDirectory
import Testing

@testable import LogStore

@Suite(.timeLimit(.minutes(2))) struct ReindexingTests {
    /// Another reindexing holds the index for as long as the largest run takes it.
    @Test func `it waits for its turn longer than the daemon waits, and does not fail`() async throws {
        let state = try ScratchState()
        try state.run(of: "a", out: "{\"message\":\"one\"}\n{\"message\":\"two\"}\n")
        _ = try IndexWriter(state.layout)
        let layout = state.layout
        try await withCheckedThrowingContinuation { (held: CheckedContinuation<Void, any Error>) in
            DispatchQueue(label: "another reindexing").async {
                do {
                    let connection = try IndexConnection(layout.logIndex, writes: true)
                    try connection?.execute(script: "BEGIN IMMEDIATE")
                    held.resume()
                    Thread.sleep(forTimeInterval: 6)
                    // Closing it ends the transaction.
                } catch {
                    held.resume(throwing: error)
                }
            }
        }
        let start = ContinuousClock.now
        #expect(throws: IndexError.self) {
            try IndexWriter(layout, patience: 100).connection.execute(script: "BEGIN IMMEDIATE")
        }
        let amount = try Reindexing.run(layout, services: [])
        #expect(start.duration(to: .now) > .seconds(5))
        #expect(amount.lines == 2)
    }
}
