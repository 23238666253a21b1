import Foundation
import GRDB
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

    @Test func `what fails says so, and nothing is written`() async throws {
        await #expect(throws: DatabaseError.self) {
            try await readers.read { try $0.execute(sql: "INSERT INTO numbers VALUES (1)") }
        }
        #expect(try await count() == 0)
        try readers.close()
        await #expect(throws: (any Error).self) { try await count() }
    }
}
