import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// One line of 100 MB, with NUL and escape sequences in it: whoever reads it, in whichever way, has it safely, in bounded memory.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HugeLineTests {
    private static let size = 100_000_000
    private static let piece = 8 << 20
    private static let pieces = (size + piece - 1) / piece
    private static let before = "before\n"
    private static let after = "after\n"

    private let project: ProjectUnderTest
    private let file: FilePath

    init() throws {
        project = try ProjectUnderTest(["a.yaml": "services:\n  web: { command: [\"true\"] }\n"])
        file = try project.file(".msctl/runs/web.1/1/out.log", Self.before)
        let log = try FileDescriptor.open(file, .writeOnly, options: .append)
        try log.closeAfter {
            let part = Array("\0\u{1B}[31m\u{9B}2J".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 990)
            let parts = Array(repeatElement(part, count: 1_000).joined())
            for _ in 0..<(Self.size / parts.count) { _ = try log.writeAll(parts) }
            _ = try log.writeAll(Array("\n\(Self.after)".utf8))
        }
    }

    /// Each way to read, and how many pieces it gives.
    private static let modes = [([], pieces), (["--tail", "2"], 1), (["--follow"], pieces)]

    /// What was printed, and the largest part of memory that was in use, in bytes. What follows ends when it has said the
    /// line behind the long one.
    private func run(_ arguments: [String]) async throws -> (output: Data, peak: Int) {
        let output = try project.file("output", "")
        let words = ([BuiltProducts.path("msctl").string, "logs"] + arguments).joined(separator: " ")
        let command = try InteractiveCommand(
            "/bin/sh", ["-c", "exec \(words) > \(output)"], directory: project.path, environment: project.environment)
        let pid = command.process.pid
        var peak = 0
        while Processes.isAlive(pid) {
            peak = max(peak, Self.peak(of: pid))
            if arguments.contains("--follow"), try Self.end(of: output).contains("after") { command.send(SIGINT) }
            try await Task.sleep(for: .milliseconds(2))
        }
        let code = await command.end()
        #expect(code == 0 || code == 130, "\(arguments): \(code), \(command.said)")
        return (try Data(contentsOf: URL(fileURLWithPath: output.string), options: .mappedIfSafe), peak)
    }

    /// VmHWM of proc(5). Not what wait4(2) tells, which counts the memory that the test had when it made the process.
    private static func peak(of pid: Int32) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) * 1_024
    }

    private static func end(of path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            let size = try file.seek(offset: 0, from: .end)
            var bytes = [UInt8](repeating: 0, count: 100)
            let count = try bytes.withUnsafeMutableBytes {
                try file.read(fromAbsoluteOffset: max(0, size - 100), into: $0)
            }
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    @Test(arguments: modes)
    func `raw is every byte, each piece with a newline of its own`(_ mode: [String], _ pieces: Int) async throws {
        let (output, peak) = try await run(mode + ["--format", "raw"])
        let written = try Data(contentsOf: URL(fileURLWithPath: file.string), options: .mappedIfSafe)
        var at = 0
        if pieces > 1 {
            #expect(output.starts(with: Self.before.utf8))
            at = Self.before.utf8.count
        }
        for piece in (Self.pieces - pieces)..<Self.pieces {
            let start = Self.before.utf8.count + piece * Self.piece
            let count = min(Self.piece, Self.size - piece * Self.piece)
            #expect(output[at..<min(output.count, at + count)] == written[start..<(start + count)], "piece \(piece)")
            at += count + 1
        }
        #expect(output.suffix(from: min(at, output.count)).elementsEqual(Self.after.utf8))
        #expect(20_000_000..<150_000_000 ~= peak, "\(peak)")
    }

    @Test(arguments: modes)
    func `json is an object for each piece`(_ mode: [String], _ pieces: Int) async throws {
        let (output, peak) = try await run(mode + ["--format", "json"])
        let lines = output.split(separator: 0x0A)
        #expect(lines.count == (pieces > 1 ? pieces + 2 : 2))
        var total = 0
        let texts = lines.suffix(pieces + 1).dropLast()
        for (number, line) in texts.enumerated() {
            let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
            // The last piece has the newline.
            #expect(object["partial"] as? Bool == (number < texts.count - 1 ? true : nil))
            total += (object["raw"] as? String)?.utf8.count ?? 0
        }
        #expect(total == (pieces > 1 ? Self.size : Self.size % Self.piece))
        #expect(20_000_000..<200_000_000 ~= peak, "\(peak)")
    }

    @Test(arguments: modes)
    func `pretty is a short line for each piece, and obeys nothing in it`(_ mode: [String], _ pieces: Int) async throws
    {
        let (output, peak) = try await run(mode)
        #expect(output.count < 9_000 * (pieces + 2))
        #expect(!output.contains { $0 < 0x20 && $0 != 0x0A })
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains(#"\u{0}\u{1b}[31m\u{9b}2Jxx"#) && text.contains("after"))
        #expect(20_000_000..<150_000_000 ~= peak, "\(peak)")
    }
}
