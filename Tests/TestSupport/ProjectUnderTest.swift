import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import Testing

/// A project in a directory of its own, driven through the built `msctl` only.
package final class ProjectUnderTest: Sendable {
    private let directory = TemporaryDirectory()
    package let ports: [String: UInt16]

    package var path: FilePath { directory.path }
    package var layout: StateLayout { StateLayout(projectDirectory: path) }
    package var gateway: String { "http://127.0.0.1:\(ports["GATEWAY_PORT"] ?? 0)" }

    /// A project with these manifests, by file name.
    package init(_ manifests: [String: String]) throws {
        ports = [:]
        for (name, text) in manifests { _ = try directory.file("manifests/\(name)", text) }
    }

    /// The shop: the repository's own manifests, with the programs that the build put beside the tests, on free ports.
    package init(shop: Void) throws {
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

    package func add(_ name: String, _ text: String) throws { _ = try directory.file("manifests/\(name)", text) }

    /// Starts `msctl` in the project's directory and does not wait for it.
    package func start(_ arguments: [String], input: String = "") throws -> RunningCommand {
        try RunningCommand(
            BuiltProducts.path("msctl").string, arguments, directory: path, environment: environment, input: input)
    }

    /// A file of the project that is no manifest.
    @discardableResult
    package func file(_ name: String, _ text: String) throws -> FilePath { try directory.file(name, text) }

    /// What `msctl` finds in its environment.
    package var environment: [String: String] {
        var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": path.string, "LANG": "C.UTF-8"]
        for (name, port) in ports { environment[name] = String(port) }
        return environment
    }

    /// Runs `msctl` in the project's directory.
    @discardableResult
    package func msctl(_ arguments: String..., input: String = "") async throws -> CommandResult {
        try await start(arguments, input: input).result()
    }

    /// Runs `msctl` and expects this exit code.
    @discardableResult
    package func expect(
        _ code: Int32, _ arguments: String..., input: String = "", at location: SourceLocation = #_sourceLocation
    ) async throws -> CommandResult {
        let result = try await start(arguments, input: input).result()
        #expect(result.code == code, "msctl \(arguments.joined(separator: " ")): \(result)", sourceLocation: location)
        return result
    }

    package func status() async throws -> [[String: Any]] {
        let result = try await msctl("status", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return object?["services"] as? [[String: Any]] ?? []
    }

    /// The service's own process, as `status` names it.
    package func pid(_ service: String) async throws -> Int32 {
        let row = try #require(try await status().first { $0["service"] as? String == service })
        return Int32(try #require(row["pid"] as? Int))
    }

    package var daemonPID: Int32? {
        if case .running(let pid, _) = StateReader(layout: layout).daemon() { pid } else { nil }
    }

    /// Processes that carry the project's mark, the daemon, its socket: what must not be there after `down`.
    package var leftovers: [String] {
        ProcessTable.marked(by: layout.root).map { "process \($0.pid) of \($0.run): \($0.command)" }
            + (daemonPID.map { ["daemon \($0)"] } ?? [])
            + (FileManager.default.fileExists(atPath: layout.controlSocket.string) ? ["the control socket"] : [])
    }

    package func expectNothingLeft(at location: SourceLocation = #_sourceLocation) {
        #expect(leftovers.isEmpty, sourceLocation: location)
    }

    /// Ends the daemon for good: its shim first, which would start it again.
    package func killDaemonAndItsShim() {
        if let shim = ShimProcesses(lock: layout.daemonShimLock)?.shim { kill(shim, SIGKILL) }
        if let daemonPID { kill(daemonPID, SIGKILL) }
    }

    /// The last resort of a failed test: what is still marked is ended.
    package func sweep() {
        if FileLock.isHeld(layout.daemonShimLock), let shim = ShimProcesses(lock: layout.daemonShimLock)?.shim {
            kill(shim, SIGKILL)
        }
        if let daemonPID { kill(daemonPID, SIGKILL) }
        for process in ProcessTable.marked(by: layout.root) { kill(process.pid, SIGKILL) }
    }

    deinit { sweep() }
}
