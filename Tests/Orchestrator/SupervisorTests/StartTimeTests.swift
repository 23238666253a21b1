import Foundation
import Manifest
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

/// What a dependency costs. Printed, because the figure is worth more than the verdict.
@Suite(.timeLimit(.minutes(2))) struct StartTimeTests {
    /// 400 ms on a machine that has nothing else to do; ten times as much when others keep its processors busy.
    private var allowed: Duration {
        var load = 0.0
        let isBusy = getloadavg(&load, 1) == 1 && load > Double(ProcessInfo.processInfo.activeProcessorCount) / 2
        return .milliseconds(isBusy ? 4_000 : 400)
    }

    @Test func `five hops of services that need 20 ms each are ready within 400 ms`() async throws {
        let stack = try Stack()
        let names = ["a", "b", "c", "d", "e"]
        let services = zip(names, [nil] + names).map { name, before in
            stack.service(name, "http=1", "listen-after=20") {
                $0.ports = [.auto]
                $0.healthcheck = Probe(check: .http(path: "/health", headers: [:], expectedStatuses: 200...299))
                $0.dependsOn = before.map { [Dependency(service: $0, condition: .healthy)] } ?? []
            }
        }
        let updates = await stack.supervisor.watch()
        let start = ContinuousClock.now
        _ = try await stack.supervisor.up(
            Project(name: "test", directory: stack.directory.path.string, services: services), services: [])
        var ready: Set<String> = []
        for await case .changed(let status) in updates where status.health == .healthy {
            ready.insert(status.instance.service)
            if ready.count == names.count { break }
        }
        let took = ContinuousClock.now - start
        print("five hops of 20 ms each: ready after \(took)")
        #expect(took < allowed)
        try await stack.down()
    }
}
