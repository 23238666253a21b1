import Foundation
import LogStore
import StateDirectory
import SystemPackage

/// A state directory of its own for one test, deleted with it.
final class ScratchState: Sendable {
    let layout: StateLayout

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("logs-\(UUID().uuidString)")
        layout = StateLayout(projectDirectory: FilePath(directory.path))
        try FileManager.default.createDirectory(atPath: layout.runs.string, withIntermediateDirectories: true)
    }

    deinit {
        // A temporary directory that is left behind fails no test.
        try? FileManager.default.removeItem(atPath: layout.root.removingLastComponent().string)
    }

    var reader: LogReader { LogReader(layout: layout) }

    /// Makes a run with these bytes in its files, now or at another time.
    @discardableResult
    func run(
        _ number: Int = 1, of instance: String, out: String = "", err: String? = nil, birth: LogTime? = nil
    ) throws -> RunDirectory {
        let id = InstanceID(instance) ?? InstanceID(service: instance, replica: 1)
        let run = layout.run(number, of: id)
        try FileManager.default.createDirectory(atPath: run.path.string, withIntermediateDirectories: true)
        if !FileManager.default.fileExists(atPath: run.spec.string) { try append("{}", to: run.spec) }
        if let birth {
            let date = Date(timeIntervalSince1970: Double(birth.nanoseconds) / 1e9)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: run.spec.string)
        }
        try append(out, to: run.standardOutput)
        if let err { try append(err, to: run.standardError) }
        return run
    }

    func append(_ text: String, to path: FilePath) throws { try append(Array(text.utf8), to: path) }

    func append(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.append, .create], permissions: [.ownerReadWrite])
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    /// Writes the record that a shim leaves.
    func end(_ run: RunDirectory) throws {
        try AtomicFile.write(Array("code 0 1\n".utf8), to: run.exitRecord)
    }

    func lines(_ change: (inout LogQuery) -> Void = { _ in }) throws -> [LogLine] {
        var query = LogQuery()
        change(&query)
        var lines = try reader.lines(query)
        return try lines.all()
    }
}

extension LogQuery {
    init(_ change: (inout LogQuery) -> Void) {
        self.init()
        change(&self)
    }
}

/// A record as the shop's services write it.
func record(_ second: Double, _ level: String = "info", _ message: String, _ more: String = "") -> String {
    let time = LogTime(milliseconds: 1_750_000_000_000 + Int64(second * 1000)).text
    return #"{"timestamp":"\#(time)","level":"\#(level)","message":"\#(message)"\#(more)}"# + "\n"
}
