import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// A project in a directory of its own, driven through the built `msctl` only.
final class ProjectUnderTest: Sendable {
    private let directory = TemporaryDirectory()
    let ports: [String: UInt16]

    var path: FilePath { directory.path }
    var layout: StateLayout { StateLayout(projectDirectory: path) }
    var gateway: String { "http://127.0.0.1:\(ports["GATEWAY_PORT"] ?? 0)" }

    /// A project with these manifests, by file name.
    init(_ manifests: [String: String]) throws {
        ports = [:]
        for (name, text) in manifests { _ = try directory.file("manifests/\(name)", text) }
    }

    /// The shop: the repository's own manifests, with the programs that the build put beside the tests, on free ports.
    init(shop: Void) throws {
        let names = ["GATEWAY_PORT", "USER_SERVICE_PORT", "PRODUCT_SERVICE_PORT", "ORDER_SERVICE_PORT"]
        ports = Dictionary(uniqueKeysWithValues: names.map { ($0, FreePort.choose()) })
        let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let manifests = repository.appending("manifests").string
        for name in try FileManager.default.contentsOfDirectory(atPath: manifests) where name.hasSuffix(".yaml") {
            let text = try String(contentsOfFile: "\(manifests)/\(name)", encoding: .utf8)
            _ = try directory.file("manifests/\(name)", text)
        }
        let services = ["api-gateway", "user-service", "product-service", "order-service"]
        let overrides = services.map { "  \($0):\n    build: { output: \(BuiltProducts.directory) }\n" }
        _ = try directory.file("manifests/zz-built.yaml", "services:\n" + overrides.joined())
    }

    func add(_ name: String, _ text: String) throws { _ = try directory.file("manifests/\(name)", text) }

    /// Runs `msctl` in the project's directory.
    @discardableResult
    func msctl(_ arguments: String..., input: String = "") async throws -> CommandResult {
        var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": path.string, "LANG": "C.UTF-8"]
        for (name, port) in ports { environment[name] = String(port) }
        return try await CommandRun.run(
            BuiltProducts.path("msctl").string, arguments, directory: path, environment: environment, input: input)
    }

    /// Runs `msctl` and expects this exit code.
    @discardableResult
    func expect(
        _ code: Int32, _ arguments: String..., input: String = "", at location: SourceLocation = #_sourceLocation
    ) async throws -> CommandResult {
        var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": path.string, "LANG": "C.UTF-8"]
        for (name, port) in ports { environment[name] = String(port) }
        let result = try await CommandRun.run(
            BuiltProducts.path("msctl").string, arguments, directory: path, environment: environment, input: input)
        #expect(result.code == code, "msctl \(arguments.joined(separator: " ")): \(result)", sourceLocation: location)
        return result
    }

    func status() async throws -> [[String: Any]] {
        let result = try await msctl("status", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return object?["services"] as? [[String: Any]] ?? []
    }

    /// The service's own process, as `status` names it.
    func pid(_ service: String) async throws -> Int32 {
        let row = try #require(try await status().first { $0["service"] as? String == service })
        return Int32(try #require(row["pid"] as? Int))
    }

    var daemonPID: Int32? {
        if case .running(let pid, _) = StateReader(layout: layout).daemon() { pid } else { nil }
    }

    /// Takes everything down and proves it: no process carries the project's mark, no daemon, no socket.
    func expectNothingLeft(at location: SourceLocation = #_sourceLocation) {
        #expect(ProcessTable.marked(by: layout.root).isEmpty, sourceLocation: location)
        #expect(daemonPID == nil, sourceLocation: location)
        #expect(!FileManager.default.fileExists(atPath: layout.controlSocket.string), sourceLocation: location)
    }

    /// The last resort of a failed test: what is still marked is ended.
    func sweep() {
        if FileLock.isHeld(layout.daemonShimLock), let shim = ShimProcesses(lock: layout.daemonShimLock)?.shim {
            kill(shim, SIGKILL)
        }
        if let daemonPID { kill(daemonPID, SIGKILL) }
        for process in ProcessTable.marked(by: layout.root) { kill(process.pid, SIGKILL) }
    }

    deinit { sweep() }
}
