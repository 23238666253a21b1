import Foundation
import GRDB
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct DatabaseTests {
    private let directory: TemporaryDirectory
    private var path: String { "\(directory.path)/shop.db" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The history of a small service, of which the first version has the first migration only.
    private func open(
        version: Int, table: String = "CREATE TABLE things (id TEXT PRIMARY KEY, size BIGINT)"
    ) throws -> DatabasePool {
        try ServiceDatabase.open(path: path, durability: .normal) { migrator in
            migrator.registerMigration("1 things") { try $0.execute(sql: table) }
            if version >= 2 {
                migrator.registerMigration("2 names") {
                    try $0.execute(sql: "ALTER TABLE things ADD COLUMN name TEXT")
                    try $0.execute(sql: "CREATE INDEX things_by_name ON things (name)")
                }
            }
        }
    }

    @Test func `a database of a newer version is left alone`() throws {
        let newer = try open(version: 2)
        let before = try newer.read(FrozenSchema.statements)
        #expect(throws: ServiceDatabase.NewerSchema.self) { try open(version: 1) }
        #expect(try newer.read(FrozenSchema.statements) == before)
        try newer.close()
    }

    @Test func `a migration that was edited after a database had it is noticed`() throws {
        try open(version: 1).close()
        let edited = "CREATE TABLE things (id TEXT PRIMARY KEY, size BIGINT, color TEXT)"
        for version in 1...2 {
            let error = #expect(throws: ServiceDatabase.ChangedSchema.self) {
                try open(version: version, table: edited)
            }
            #expect(error?.names == ["things"])
        }
        try open(version: 2, table: "CREATE TABLE things (id TEXT PRIMARY KEY,\n    size BIGINT)").close()
    }

    @Test func `what somebody took away by hand is noticed, and what he added is his`() throws {
        let pool = try open(version: 2)
        try pool.write { try $0.execute(sql: "CREATE INDEX things_by_size ON things (size)") }
        try pool.close()
        let again = try open(version: 2)
        try again.write { try $0.execute(sql: "DROP INDEX things_by_name") }
        try again.close()
        let error = #expect(throws: ServiceDatabase.ChangedSchema.self) { try open(version: 2) }
        #expect(error?.description == "the database is not what its migrations make: things_by_name")
    }

    @Test func `many who open a new database at once wait for each other`() async throws {
        let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let pool = try open(version: 2)
                    try await pool.write {
                        try $0.execute(sql: "INSERT INTO things (id) VALUES (lower(hex(randomblob(8))))")
                    }
                    let count = try await pool.read {
                        try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM grdb_migrations")
                    }
                    try pool.close()
                    return count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 2, count: 8))
    }

    // MARK: Copies

    @Test func `a copy is one file of its owner's, made with or without anybody at work, and replaces none`() throws {
        let pool = try open(version: 2)
        try pool.write { try $0.execute(sql: "INSERT INTO things VALUES ('a', 1, 'A')") }
        let (busy, idle) = ("\(directory.path)/busy.db", "\(directory.path)/idle.db")
        try DatabaseCopy.make(of: path, at: busy)
        try pool.close()
        try directory.write("idle.db.partial", "left by one that was killed")
        try DatabaseCopy.make(of: path, at: idle)
        for copy in [busy, idle] {
            let database = try DatabaseQueue(path: copy)
            #expect(try database.read { try String.fetchAll($0, sql: "SELECT name FROM things") } == ["A"])
            try database.close()
            let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(files.filter { !$0.hasPrefix("shop.db") } == ["busy.db", "idle.db"])
        #expect(throws: DatabaseCopy.Failure.exists(idle)) { try DatabaseCopy.make(of: path, at: idle) }
        #expect(throws: DatabaseCopy.Failure.noDatabase("/nowhere")) {
            try DatabaseCopy.make(of: "/nowhere", at: "\(directory.path)/none.db")
        }
    }

    @Test func `of a broken database there is no copy`() throws {
        let pool = try open(version: 2)
        try pool.write { database in
            for number in 0..<2000 {
                try database.execute(sql: "INSERT INTO things VALUES (?, 1, ?)", arguments: ["\(number)", "A"])
            }
        }
        // Everything into the one file.
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try pool.close()
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: size / 2)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 8192))
        try handle.close()
        let copy = "\(directory.path)/copy.db"
        #expect(throws: (any Error).self) { try DatabaseCopy.make(of: path, at: copy) }
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect(!FileManager.default.fileExists(atPath: "\(copy).partial"))
    }
}
