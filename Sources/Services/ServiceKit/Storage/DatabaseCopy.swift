import Foundation
import GRDB

/// A copy of a service's database, made while the service works on it or while it does not.
package enum DatabaseCopy {
    /// Why there is no copy. The operator reads it.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case noDatabase(String)
        /// There is such a file already, perhaps yesterday's copy.
        case exists(String)
        /// The copy is not sound, and so the database is not.
        case broken([String])

        package var description: String {
            switch self {
            case .noDatabase(let path): "there is no database \(path)"
            case .exists(let path): "there is a file \(path) already"
            case .broken(let findings): "the database is broken: \(findings.joined(separator: "; "))"
            }
        }
    }

    /// Copies the database at `path`, as it is at one moment, to a new file: one file, whole, checked and on the disk, or
    /// not there at all. Nobody who writes meanwhile waits for it.
    package static func make(of path: String, at copy: String) throws {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else { throw Failure.noDatabase(path) }
        guard !files.fileExists(atPath: copy) else { throw Failure.exists(copy) }
        let partial = "\(copy).partial"
        // What an earlier try left that was interrupted.
        if files.fileExists(atPath: partial) { try files.removeItem(atPath: partial) }
        // It holds what only the service may read.
        guard files.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: copy])
        }
        do {
            try fill(partial, from: path)
            try FileHandle.synchronize(partial)
            try files.moveItem(atPath: partial, toPath: copy)
            try FileHandle.synchronize(URL(filePath: copy).deletingLastPathComponent().path)
        } catch {
            // Best effort: the next try begins by removing it.
            try? files.removeItem(atPath: partial)
            throw error
        }
    }

    private static func fill(_ partial: String, from path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let source = try DatabaseQueue(path: path, configuration: configuration)
        let target = try DatabaseQueue(path: partial)
        // In one step and so of one moment: in WAL mode a reader hinders no writer.
        try source.backup(to: target)
        try source.close()
        let findings = try target.inDatabase { database in
            // Into the one file, with no log beside it.
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            let findings = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            let orphans = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
                "\(row["table"] ?? "") has a row that refers to none"
            }
            return findings.filter { $0 != "ok" } + orphans
        }
        try target.close()
        guard findings.isEmpty else { throw Failure.broken(findings) }
    }
}

extension FileHandle {
    /// Waits until a file's or directory's contents are on the disk.
    fileprivate static func synchronize(_ path: String) throws {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }  // Nothing was written through it.
        try handle.synchronize()
    }
}
