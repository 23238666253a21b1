import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

/// Nothing of a run's tree outlives it, whatever the tree does about it; with a cgroup and without.
@Suite(.timeLimit(.minutes(2))) struct TreeEndTests {
    /// With cgroups where this machine has them, and without.
    static let ways = CgroupPlace.find() == nil ? [false] : [true, false]
    /// What a tree may do: options of FixtureService.
    static let evasions = [
        ["ignore-term=1"], ["grandchild=1"], ["grandchild=1", "ignore-term=1"], ["escape=1", "ignore-term=1"],
        ["fork-storm=4", "ignore-term=1"], ["fork-storm=4", "grandchild=1", "escape=1"],
    ]

    private let tag = "tag-\(UUID().uuidString)"

    private func service(_ stack: Stack, _ options: [String]) -> Service {
        stack.service("a") {
            $0.command += options + ["tag=\(tag)", "say=up"]
            // A tree that says so has everything in place.
            let last = options.contains("escape=1") ? "escaped" : options.contains("grandchild=1") ? "grandchild" : "up"
            $0.healthcheck = Probe(check: .log(last))
            $0.restart = RestartPolicy(condition: .onFailure)
        }
    }

    private func expectNothing(at location: SourceLocation = #_sourceLocation) {
        #expect(Processes.tagged(tag).isEmpty, sourceLocation: location)
    }

    @Test(arguments: ways, evasions)
    func `a stop ends the whole tree within the grace period and a second`(cgroups: Bool, options: [String])
        async throws
    {
        let stack = try Stack(cgroups: cgroups)
        try await stack.up(service(stack, options))
        try await stack.wait(for: "a", "running") { $0.state == .running }
        let watch = ContinuousClock.now
        try await stack.down(grace: 300)
        #expect(ContinuousClock.now - watch < .milliseconds(1_300))
        expectNothing()
    }

    @Test(arguments: ways, evasions)
    func `a crash ends the rest of the tree before the next run begins`(cgroups: Bool, options: [String]) async throws {
        let stack = try Stack(cgroups: cgroups)
        try await stack.up(service(stack, options))
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        let old = Set(Processes.tagged(tag))
        kill(try #require(first.pid), SIGKILL)
        try await stack.wait(for: "a", "launched again") { $0.run == 2 && $0.pid != nil }
        #expect(old.filter(Processes.isAlive).isEmpty)
        #expect(ProcessTable.marked(by: stack.layout.root, run: "a.1/1").isEmpty)
        try await stack.down(grace: 100)
        expectNothing()
    }

    /// A storm without its reaper and without a cgroup goes on for ever: nothing can be faster than it.
    @Test(arguments: evasions)
    func `what a killed shim leaves behind is found in its cgroup, whatever it did`(options: [String]) async throws {
        try #require(CgroupPlace.find() != nil, "this machine gives msctl no cgroups")
        let stack = try Stack()
        try await stack.up(service(stack, options))
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        let shim = try #require(stack.layout.run(1, of: first.instance).processes?.shim)
        kill(shim, SIGKILL)
        try await stack.wait(for: "a", "launched again") { $0.run == 2 && $0.pid != nil }
        #expect(ProcessTable.marked(by: stack.layout.root, run: "a.1/1").isEmpty)
        try await stack.down(grace: 100)
        expectNothing()
    }

    @Test func `what is left while no daemon looks is ended by the next`() async throws {
        try #require(CgroupPlace.find() != nil, "this machine gives msctl no cgroups")
        let first = try Stack()
        try await first.up(service(first, ["escape=1"]))
        let status = try await first.wait(for: "a", "running") { $0.state == .running }
        await first.writer.flush()
        let stored = try StateReader(layout: first.layout).storedStatuses()
        first.kill()
        let shim = try #require(first.layout.run(1, of: status.instance).processes?.shim)
        kill(shim, SIGKILL)
        #expect(Processes.waitForEnd(shim))
        let old = Set(Processes.tagged(tag))
        #expect(old.count == 2)
        let second = try await Stack(adopting: first, as: stored)
        try await second.wait(for: "a", "launched again") { $0.run == 2 && $0.pid != nil }
        #expect(old.filter(Processes.isAlive).isEmpty)
        try await second.down(grace: 100)
        expectNothing()
    }

    @Test func `a shim that is killed after its service's end has its leftovers ended all the same`() async throws {
        let stack = try Stack(cgroups: false)
        try await stack.up(service(stack, ["grandchild=1", "exit-after=2000", "ignore-term=1"]))
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let run = stack.layout.run(1, of: status.instance)
        let shim = try #require(run.processes?.shim)
        // Stopped, the leader ends by itself and its descendants have the rest of the grace period: 30 s here.
        _ = try await stack.supervisor.stop(services: ["a"], grace: 30_000, forget: false)
        while run.exit == nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(Processes.tagged(tag).count == 2)  // The grandchild, and the shim, which has the same words.
        kill(shim, SIGKILL)
        try await stack.wait(for: "a", "stopped") { $0.state == .stopped }
        expectNothing()
        try await stack.down(grace: 100)
    }
}
