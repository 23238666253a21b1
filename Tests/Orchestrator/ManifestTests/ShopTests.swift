import SystemPackage
import Testing

@testable import Manifest

/// The manifests that are shipped with msctl.
@Suite struct `The shop's manifests` {
    private var root: FilePath {
        // This file is Tests/Orchestrator/ManifestTests/ShopTests.swift.
        (0..<4).reduce(FilePath(#filePath)) { path, _ in path.removingLastComponent() }
    }

    private func load(_ environment: [String: String] = [:]) throws -> LoadedProject {
        try ManifestLoader(
            files: [root.appending("manifests")], environment: environment, currentDirectory: root
        ).load()
    }

    @Test func `they load without a warning`() throws {
        let loaded = try load()
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.project.name == "shop")
        #expect(
            loaded.project.services.map(\.name) == ["api-gateway", "order-service", "product-service", "user-service"])
        #expect(
            loaded.project.services.map(\.ports) == [[.fixed(3000)], [.fixed(3003)], [.fixed(3002)], [.fixed(3001)]])
        #expect(loaded.project.secrets.allSatisfy { $0.source == .generated })
    }

    @Test func `their ports can be moved, so that two projects run at once`() throws {
        let moved = try load([
            "GATEWAY_PORT": "auto", "USER_SERVICE_PORT": "4001", "PRODUCT_SERVICE_PORT": "auto",
            "ORDER_SERVICE_PORT": "4003",
        ])
        #expect(moved.project.services.map(\.ports) == [[.auto], [.fixed(4003)], [.auto], [.fixed(4001)]])
    }

    @Test func `nobody listens but on loopback, each on one port, and the gateway alone speaks for the others`() throws
    {
        let services = try load().project.services
        for service in services {
            #expect(service.ports.count == 1, "\(service.name)")
            #expect(service.sockets.map(\.address) == [.ownPort], "\(service.name)")
            #expect(service.sockets.allSatisfy { $0.host == "127.0.0.1" }, "\(service.name)")
            // What it would listen on if it were not handed a socket.
            #expect(service.environment["HOST"] == nil, "\(service.name)")
        }
        #expect(Set(services.flatMap(\.ports)).count == services.count)
        let gateway = try #require(services.first { $0.name == "api-gateway" })
        #expect(Set(gateway.dependsOn.map(\.service)) == Set(services.map(\.name)).subtracting(["api-gateway"]))
        #expect(!services.contains { $0.dependsOn.contains { $0.service == "api-gateway" } })
    }

    @Test func `each is asked whether it is ready, and waits until those that it needs are`() throws {
        let services = try load().project.services
        for service in services {
            let probe = try #require(service.healthcheck, "\(service.name)")
            #expect(probe.check == .http(path: "/health", headers: [:], expectedStatuses: 200...399), "\(service.name)")
            #expect(probe.timeout < probe.interval && probe.startPeriod > .zero, "\(service.name)")
            #expect(service.dependsOn.allSatisfy { $0.condition == .healthy && $0.required }, "\(service.name)")
        }
        let needs = Dictionary(uniqueKeysWithValues: services.map { ($0.name, Set($0.dependsOn.map(\.service))) })
        #expect(needs["order-service"] == ["user-service", "product-service"])
        #expect(needs["product-service"] == ["user-service"])
        #expect(needs["user-service"] == [])
    }

    @Test func `secrets are made and handed over in files, to those who need them`() throws {
        let project = try load().project
        let given = Dictionary(uniqueKeysWithValues: project.services.map { ($0.name, Set($0.secrets)) })
        #expect(
            given == [
                "api-gateway": [], "order-service": ["service-credential"], "product-service": ["service-credential"],
                "user-service": ["token-signing-key", "operator-password", "service-credential"],
            ])
        #expect(project.secrets.allSatisfy { $0.source == .generated })
        #expect(Set(project.secrets.map(\.name)) == given.values.reduce([]) { $0.union($1) })
        // Nothing else is said in the environment than where the data are and how much is logged.
        let names = Set(project.services.flatMap(\.environment.keys))
        #expect(names == ["DATABASE_URL", "LOG_LEVEL"])
    }

    @Test func `each is started again when it fails, stops in its own time, and keeps its logs within bounds`() throws {
        for service in try load().project.services {
            #expect(service.restart.condition == .onFailure, "\(service.name)")
            #expect(service.stopGracePeriod >= .seconds(10), "\(service.name)")
            #expect(service.update.order == .startFirst, "\(service.name)")
            #expect((1...20).contains(service.logs.runs), "\(service.name)")
            #expect((1...200_000_000).contains(service.logs.retainBytes), "\(service.name)")
        }
    }
}
