import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// A disk of 32 MB that logs fill, or somebody else.
@Suite(.timeLimit(.minutes(5))) struct FullDiskTests {
    /// `sh writer.sh NAME LOOPS [AFTER]`: once the file AFTER is there, a thousand records of about a hundred bytes at a time.
    private static let writer = #"""
        name=$1 loops=$2 after=$3 n=0
        while [ -n "$after" ] && [ ! -e "$after" ]; do sleep 0.05; done
        while [ $n -lt $loops ]; do
            awk -v time="$(date -u +%FT%T.%3NZ)" -v n=$n 'BEGIN {
                for (i = 0; i < 1000; i++)
                    printf "{\"timestamp\":\"%s\",\"level\":\"info\",\"message\":\"line %06d %30s\"}\n", time, n * 1000 + i, ""
            }'
            n=$((n + 1))
            sleep 0.05
        done
        touch "$name.done"
        exec sleep 100000
        """#

    private func project(_ services: [String: String]) throws -> ProjectUnderTest {
        let manifest = services.sorted { $0.key < $1.key }.map { name, arguments in
            "  \(name): { command: [sh, -c, \"exec sh writer.sh \(name) \(arguments)\"], logs: { retain: 10GB } }\n"
        }
        let project = try ProjectUnderTest(["a.yaml": "services:\n" + manifest.joined()])
        try project.file("writer.sh", Self.writer)
        return project
    }

    /// Mounts the disk where the project's state will be; nil, with the reason printed, where that is not allowed.
    private func disk(of project: ProjectUnderTest) throws -> SmallDisk? {
        do {
            return try SmallDisk(at: project.layout.root, megabytes: 32)
        } catch let error as SmallDisk.Refused {
            print("FullDiskTests: skipped, no disk can be mounted: \(error.reason)")
            return nil
        }
    }

    /// Waits until it holds, for so many seconds.
    private func holds(within seconds: Int, _ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while try await !condition() {
            if ContinuousClock.now > deadline { return false }
            try await Task.sleep(for: .milliseconds(100))
        }
        return true
    }

    private func exists(_ name: String, _ project: ProjectUnderTest) -> Bool {
        FileManager.default.fileExists(atPath: project.path.appending(name).string)
    }

    private func numbers(_ service: String, _ project: ProjectUnderTest) async throws -> (
        numbers: [Int], told: String
    ) {
        let result = try await project.msctl("logs", service, "--format", "raw")
        let numbers = result.output.split(separator: "\n").compactMap { line in
            line.firstRange(of: "line ").flatMap { Int(line[$0.upperBound...].prefix(6)) }
        }
        return (numbers, result.errors)
    }

    @Test func `services that fill it lose their oldest lines, counted, and are not held up`() async throws {
        let project = try project(["old": "150", "young": "200 old.done"])
        guard let disk = try disk(of: project) else { return }
        defer {
            project.sweep()
            disk.unmount()
        }
        try await project.expect(0, "up")
        let pids = [try await project.pid("old"), try await project.pid("young")]
        #expect(try await holds(within: 120) { exists("young.done", project) })
        // The index has come to the end of what was written.
        var old = try await numbers("old", project)
        #expect(
            try await holds(within: 60) {
                old = try await numbers("old", project)
                return old.told.contains("were dropped")
                    && old.numbers.first.map { old.told.contains(" \($0) lines ") } ?? false
            }, "\(old.told), \(old.numbers.first ?? -1)")
        // What is left of the older is its end, without a gap; the younger has all.
        let first = try #require(old.numbers.first)
        #expect(first > 0)
        #expect(old.numbers == Array(first..<150_000))
        let young = try await numbers("young", project)
        #expect(young.numbers == Array(0..<200_000), "\(young.numbers.count) of 200000, \(young.told)")

        let status = try await project.expect(0, "status")
        #expect(status.errors.contains("msctld keeps it from filling by dropping the oldest log lines"))
        let json = try await project.expect(0, "status", "--format", "json").output
        let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect((document?["disk"] as? [String: Any])?["isTight"] as? Bool == true)
        #expect([try await project.pid("old"), try await project.pid("young")] == pids)
        try await project.expect(0, "down")
        #expect(project.leftovers.isEmpty)
    }

    @Test func `when somebody else fills it while nothing is written, there is room again within half a minute`()
        async throws
    {
        let project = try project(["idle": "80"])
        guard let disk = try disk(of: project) else { return }
        defer {
            project.sweep()
            disk.unmount()
        }
        try await project.expect(0, "up")
        #expect(try await holds(within: 60) { exists("idle.done", project) })
        let pid = try await project.pid("idle")
        try disk.fill()
        #expect(disk.free == 0)
        #expect(try await holds(within: 35) { disk.free > 600_000 }, "\(disk.free) bytes are free")
        #expect(try await project.pid("idle") == pid)
        var left = try await numbers("idle", project)
        #expect(
            try await holds(within: 30) {
                left = try await numbers("idle", project)
                return left.numbers.first.map { $0 > 0 && left.told.contains(" \($0) lines ") } ?? false
            }, "\(left.told)")
        #expect(left.numbers == Array((left.numbers.first ?? 0)..<80_000))
        try await project.expect(0, "down")
        #expect(project.leftovers.isEmpty)
    }
}

/// A file system of its own in memory (tmpfs(5)), which only root may mount.
struct SmallDisk: Sendable {
    struct Refused: Error { let reason: String }

    private let path: FilePath

    init(at path: FilePath, megabytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        let mount = try Self.run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs", path.string])
        if mount.code != 0 { throw Refused(reason: mount.errors) }
    }

    /// Also while it is in use: it goes when nobody uses it any more.
    func unmount() { _ = try? Self.run(["umount", "-l", path.string]) }

    var free: Int64 { clinux_free_space(path.string) }

    /// Until not a byte is left.
    func fill() throws {
        let file = try FileDescriptor.open(
            path.appending("ballast"), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        try file.closeAfter {
            let piece = [UInt8](repeating: 0xFF, count: 65_536)
            do {
                while true { _ = try file.writeAll(piece) }
            } catch Errno.noSpace {
                // Full.
            }
        }
    }

    private static func run(_ words: [String]) throws -> CommandResult {
        try RunningCommand(
            "/usr/bin/env", words, directory: "/", environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        ).wait()
    }
}
