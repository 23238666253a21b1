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
}
