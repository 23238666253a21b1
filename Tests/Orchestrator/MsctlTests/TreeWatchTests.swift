import CLinux
import Foundation
import Manifest
import ProcessTable
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import msctl

/// On real directories. Everything is done before it is asked, so nothing depends on how fast anything is.
@Suite(.timeLimit(.minutes(1))) struct TreeWatchTests {
    private let directory = TemporaryDirectory()
    private let files = FileManager.default
    private let never: Int32
    private var source: FilePath { directory.path.appending("src") }

    init() throws {
        never = clinux_eventfd()
        _ = try directory.file("src/a.swift", "1")
        _ = try directory.file("src/lib/b.swift", "1")
        _ = try directory.file("src/README.md", "1")
    }

    @Test func `a file that is written, made, moved or removed is told, an ignored one is not`() throws {
        let watch = try watch()
        try write("src/a.swift", "2")
        try write("src/README.md", "2")
        #expect(try changes(watch) == ["src/a.swift"])
        try write("src/lib/c.swift", "1")
        #expect(try changes(watch) == ["src/lib/c.swift"])
        try files.moveItem(atPath: path("src/lib/c.swift"), toPath: path("src/d.swift"))
        #expect(try changes(watch) == ["src/d.swift", "src/lib/c.swift"])
        try files.removeItem(atPath: path("src/d.swift"))
        #expect(try changes(watch) == ["src/d.swift"])
    }

    @Test func `what is written without a change of size or time is told`() throws {
        let watch = try watch()
        let attributes = try files.attributesOfItem(atPath: path("src/a.swift"))
        try write("src/a.swift", "2")
        try files.setAttributes(
            [.modificationDate: try #require(attributes[.modificationDate])], ofItemAtPath: path("src/a.swift"))
        #expect(try changes(watch) == ["src/a.swift"])
        #expect(chmod(path("src/a.swift"), 0o755) == 0)
        #expect(try changes(watch) == ["src/a.swift"])
    }

    @Test func `an editor that writes beside and renames over is one change, and its own files none`() throws {
        let watch = try watch()
        try write("src/.a.swift.swp", "x")
        try write("src/4913", "")
        try files.removeItem(atPath: path("src/4913"))
        try files.moveItem(atPath: path("src/a.swift"), toPath: path("src/a.swift~"))
        try write("src/a.swift", "2")
        try files.removeItem(atPath: path("src/a.swift~"))
        #expect(try changes(watch) == ["src/a.swift"])
    }

    @Test func `directories that come are followed, with what they hold already`() throws {
        let watch = try watch()
        _ = try directory.file("src/new/deep/down/x.swift", "1")
        #expect(try changes(watch) == ["src/new/deep/down/x.swift"])
        try write("src/new/deep/down/x.swift", "2")
        #expect(try changes(watch) == ["src/new/deep/down/x.swift"])
        try files.moveItem(atPath: path("src/new"), toPath: path("src/lib/moved"))
        #expect(try changes(watch) == ["src/lib/moved/deep/down/x.swift", "src/new/deep/down/x.swift"])
        try write("src/lib/moved/deep/down/x.swift", "3")
        #expect(try changes(watch) == ["src/lib/moved/deep/down/x.swift"])
        try files.removeItem(atPath: path("src/lib"))
        #expect(try changes(watch) == ["src/lib/b.swift", "src/lib/moved/deep/down/x.swift"])
    }

    @Test func `a tree that is deleted and made again, as by a checkout, is followed on`() throws {
        let watch = try watch()
        for text in ["2", "3"] {
            try files.removeItem(atPath: source.string)
            _ = try directory.file("src/a.swift", text)
            _ = try directory.file("src/lib/b.swift", text)
            #expect(try changes(watch) == ["src/a.swift", "src/lib/b.swift"])
        }
        try files.removeItem(atPath: source.string)
        #expect(try changes(watch) == ["src/a.swift", "src/lib/b.swift"])
        _ = try directory.file("src/lib/b.swift", "4")
        #expect(try changes(watch) == ["src/lib/b.swift"])
        try write("src/lib/b.swift", "5")
        #expect(try changes(watch) == ["src/lib/b.swift"])
    }

    @Test func `what is not there yet is waited for, a single file too`() throws {
        let watch = try watch(WatchRule(action: .restart, path: path("etc/web/web.conf")))
        _ = try directory.file("etc/other", "1")
        _ = try directory.file("etc/web/web.conf", "1")
        #expect(try changes(watch) == ["etc/web/web.conf"])
        try write("etc/other", "2")
        try write("etc/web/web.conf", "2")
        #expect(try changes(watch) == ["etc/web/web.conf"])
    }

    @Test func `a link to a directory is followed, a circle of links ends`() throws {
        _ = try directory.file("elsewhere/x.swift", "1")
        try files.createSymbolicLink(atPath: path("src/linked"), withDestinationPath: path("elsewhere"))
        try files.createSymbolicLink(atPath: path("src/lib/up"), withDestinationPath: source.string)
        let watch = try watch()
        try write("elsewhere/x.swift", "2")
        #expect(try changes(watch) == ["src/linked/x.swift"])
        // Known by one of two names, it is found by the other when that goes.
        try files.createSymbolicLink(atPath: path("src/lib/also"), withDestinationPath: path("elsewhere"))
        try files.removeItem(atPath: path("src/linked"))
        #expect(try changes(watch) == ["src/linked/x.swift", "src/lib/also/x.swift"])
        try write("elsewhere/x.swift", "3")
        #expect(try changes(watch) == ["src/lib/also/x.swift"])
    }

    @Test func `when the kernel drops events everything is looked at, and nothing is missed`() throws {
        let most = try #require(
            Int(ProcessTable.kernelText("/proc/sys/fs/inotify/max_queued_events")?.dropLast() ?? ""))
        guard most <= 100_000 else {
            print("SKIPPED: \(most) events would have to be made for the queue to overflow")
            return
        }
        let watch = try watch()
        // Alternating, because equal events in a row are one. The rest comes after the queue is full.
        for _ in 0...(most / 2) {
            for name in ["src/README.md", "src/a.swift"] { #expect(chmod(path(name), 0o644) == 0) }
        }
        try write("src/lib/b.swift", "2")
        _ = try directory.file("src/lib/late/c.swift", "1")
        let first = try changes(watch)
        #expect(first.isSuperset(of: ["src/lib/b.swift", "src/lib/late/c.swift"]), "\(first)")
        try write("src/lib/late/c.swift", "2")
        #expect(try changes(watch) == ["src/lib/late/c.swift"])
    }

    @Test func `a burst is told as one change, and one that does not end is told all the same`() throws {
        let watch = try watch(quiet: .milliseconds(50), longest: .milliseconds(300))
        let isOver = Flag()
        let target = path("src/a.swift")
        let writer = Thread {
            while !isOver.isSet {
                let file = clinux_open(target, O_WRONLY | O_TRUNC, 0)
                _ = CLinux.write(file, "x", 1)
                close(file)
                usleep(5_000)
            }
        }
        writer.start()
        let started = ContinuousClock.now
        #expect(try changes(watch) == ["src/a.swift"])
        #expect(ContinuousClock.now - started >= .milliseconds(300))
        isOver.set()
    }

    @Test func `a thread keeps what changes while nobody asks, each file once`() async throws {
        let thread = try WatchThread(plan())
        for text in ["2", "3", "4"] { try write("src/a.swift", text) }
        var told = try await thread.next()
        try write("src/lib/b.swift", "2")
        told.formUnion(try await thread.next())
        #expect(Set(told.map(relative)) == ["src/a.swift", "src/lib/b.swift"])
        thread.end()
    }

    // MARK: -

    private func plan(_ rule: WatchRule? = nil) throws -> WatchPlan {
        var service = Service(name: "web", command: ["x"], workingDirectory: "/")
        var usual = WatchRule(action: .rebuild, path: source.string)
        usual.ignore = ["**/*.md"]
        service.watch = [rule ?? usual]
        return try WatchPlan(
            Project(name: "p", directory: directory.path.string, services: [service]), services: [service])
    }

    private func watch(
        _ rule: WatchRule? = nil, quiet: Duration = .milliseconds(20), longest: Duration = .seconds(1)
    ) throws -> TreeWatch {
        try TreeWatch(try plan(rule), quiet: quiet, longest: longest)
    }

    private func changes(_ watch: TreeWatch) throws -> Set<String> {
        Set(try #require(try watch.next(wake: never)).map(relative))
    }

    private func relative(_ file: FilePath) -> String {
        var file = file
        _ = file.removePrefix(directory.path)
        return file.string
    }

    private func path(_ name: String) -> String { directory.path.pushing(FilePath(name)).string }

    /// In place: the same file, another text.
    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
    }
}

/// Said by one thread and heard by another.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
