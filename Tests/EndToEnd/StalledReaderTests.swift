import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// Readers that do not read: `msctl logs | less`, left alone.
@Suite(.timeLimit(.minutes(5))) struct StalledReaderTests {
    private static let half = 120_000_000

    private func waits(seconds: Int, for file: String, _ project: ProjectUnderTest) async throws -> Duration? {
        let start = ContinuousClock.now
        while !FileManager.default.fileExists(atPath: project.path.appending(file).string) {
            if ContinuousClock.now - start > .seconds(seconds) { return nil }
            try await Task.sleep(for: .milliseconds(10))
        }
        return ContinuousClock.now - start
    }

    /// The most memory that it ever had, in bytes.
    private func peak(_ pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1_024
    }

    @Test func `a pipe that nobody empties holds up no service and fills no memory`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": "services:\n  web: { command: [sh, writer.sh], logs: { retain: 10GB } }\n"
        ])
        try project.file(
            "writer.sh",
            #"""
            line='{"level":"info","message":"a line that is written again and again and again"}'
            yes "$line" | head -c \#(Self.half)
            touch half
            while [ ! -e go ]; do sleep 0.01; done
            yes "$line" | head -c \#(Self.half)
            touch done
            exec sleep 100000
            """#)
        try await project.expect(0, "up")
        let alone = try #require(try await waits(seconds: 60, for: "half", project))
        let readers = [
            try project.start("logs", "--format", "raw", output: .pipe),
            try project.start("logs", "--level", "info", output: .pipe),
            try project.start("logs", "-f", output: .pipe),
        ]
        for reader in readers {
            // It has begun.
            var byte: UInt8 = 0
            #expect(read(reader.output, &byte, 1) == 1)
        }
        try project.file("go", "")
        let watched = try #require(try await waits(seconds: 60, for: "done", project))
        #expect(watched < alone * 4 + .seconds(5), "\(watched), and \(alone) before there were readers")
        for reader in readers { #expect(try peak(reader.process.pid) < 100_000_000) }
        #expect(clinux_file_size(project.layout.logIndex.string + "-wal") < 32_000_000)
        // They go on, and end when nobody wants more.
        for reader in readers {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            for _ in 0..<20 { #expect(read(reader.output, &bytes, bytes.count) > 0) }
            reader.stopReading()
        }
        for reader in readers.prefix(2) { #expect(await reader.end() == 0) }
        readers[2].send(SIGTERM)
        _ = await readers[2].end()
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}
