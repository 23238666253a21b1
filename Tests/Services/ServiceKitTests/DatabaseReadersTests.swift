import Dispatch
import Foundation
import GRDB
import NIOCore
import NIOPosix
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct DatabaseReadersTests {
    private let directory: TemporaryDirectory
    private let pool: DatabasePool
    private let readers: DatabaseReaders

    init() throws {
        directory = try TemporaryDirectory()
        let path = "\(directory.path)/numbers.db"
        pool = try DatabasePool(path: path)
        try pool.write { try $0.execute(sql: "CREATE TABLE numbers (number INTEGER)") }
        readers = try DatabaseReaders(path: path)
    }

    private func count() async throws -> Int? {
        try await readers.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM numbers") }
    }

    @Test func `what was committed is read at once`() async throws {
        for number in 1...50 {
            try await pool.write { try $0.execute(sql: "INSERT INTO numbers VALUES (1)") }
            #expect(try await count() == number)
        }
        try readers.close()
    }

    @Test func `a thousand at once are all answered`() async throws {
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...1_000 {
                group.addTask { [readers] in
                    try await readers.read { try Int.fetchOne($0, sql: "SELECT ?", arguments: [number]) ?? 0 }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 500_500)
        try readers.close()
    }

    @Test func `what an event loop asks for in one turn comes back to it`() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try await withThrowingDiscardingTaskGroup { group in
            for number in 1...200 {
                group.addTask(executorPreference: EventLoopExecutor.of(loop)) { [readers] in
                    let found = try await readers.read(isShort: number % 5 > 0) {
                        try Int.fetchOne($0, sql: "SELECT ?", arguments: [number])
                    }
                    #expect(found == number)
                    #expect(loop.inEventLoop)
                }
            }
        }
        try readers.close()
    }

    @Test func `a long read does not keep the answers to those before it`() async throws {
        let readers = try DatabaseReaders(path: "\(directory.path)/numbers.db", threads: 1)
        let isAnswered = DispatchSemaphore(value: 0)
        let executor = EventLoopExecutor.of(MultiThreadedEventLoopGroup.singleton.next())
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(executorPreference: executor) {
                _ = try await readers.read(isShort: true) { try Int.fetchOne($0, sql: "SELECT 1") }
                isAnswered.signal()
            }
            group.addTask(executorPreference: executor) {
                let wasAnswered = try await readers.read { _ in isAnswered.wait(timeout: .now() + 10) == .success }
                #expect(wasAnswered)
            }
        }
        try readers.close()
    }

    @Test func `what fails says so, and nothing is written`() async throws {
        await #expect(throws: DatabaseError.self) {
            try await readers.read { try $0.execute(sql: "INSERT INTO numbers VALUES (1)") }
        }
        #expect(try await count() == 0)
        try readers.close()
        await #expect(throws: (any Error).self) { try await count() }
    }
}
