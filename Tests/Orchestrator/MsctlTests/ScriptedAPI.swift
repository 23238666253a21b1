import ArgumentParser
import StateDirectory
import Synchronization
import SystemPackage
import TestSupport

@testable import msctl

/// A server in the gateway's place: it gives one answer after another, whatever it is asked, and remembers that.
final class ScriptedAPI: Sendable {
    struct Answer: Sendable {
        var status = 200
        var body = "{}"
        /// Each with its line break.
        var headers = ""
        var isBrokenOff = false

        /// The connection is closed instead.
        static let brokenOff = Answer(isBrokenOff: true)
    }

    private final class Script: Sendable {
        let rest: Mutex<[Answer]>
        let requests = Mutex<[String]>([])
        init(_ answers: [Answer]) { rest = Mutex(answers) }
    }

    private let directory = TemporaryDirectory()
    private let script: Script
    private let server: TestServer
    private let waited = Mutex<[Duration]>([])

    init(_ answers: [Answer]) throws {
        let script = Script(answers)
        self.script = script
        server = try TestServer { connection in
            while let request = connection.readRequest() {
                script.requests.withLock { $0.append(request) }
                let next = script.rest.withLock { $0.isEmpty ? Answer(status: 500) : $0.removeFirst() }
                if next.isBrokenOff { return }
                connection.answer(next.body, status: "\(next.status) X", headers: next.headers)
            }
        }
    }

    /// Whole, as they came.
    var requests: [String] { script.requests.withLock { $0 } }

    /// `GET /api/products?limit=5`
    var asked: [String] {
        requests.map { $0.prefix { $0 != "\r\n" }.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    var bodies: [String] { requests.map { $0.split(separator: "\r\n\r\n").dropFirst().joined() } }

    /// The values of a header, one of each request that has it.
    func values(_ header: String) -> [String] {
        requests.compactMap { request in
            request.split(separator: "\r\n").first { $0.hasPrefix("\(header): ") }
                .map { String($0.dropFirst(header.count + 2)) }
        }
    }

    /// How long a command would have waited between its tries; it does not.
    var pauses: [Duration] { waited.withLock { $0 } }

    var url: String { String(server.url.dropLast()) }
    var store: SessionStore { SessionStore(layout: StateLayout(projectDirectory: directory.path)) }

    /// The shop as a command has it, half of the time that is left to chance being waited.
    func shop() throws -> Shop { try Shop(try context(), pauses: pausing) }

    /// Logs out as the command does.
    func logOut() async throws -> String { try await Logout(try context(), pauses: pausing).run() }

    private var pausing: Pauses {
        Pauses(wait: { duration in self.waited.withLock { $0.append(duration) } }, random: { 0.5 })
    }

    private func context() throws -> CommandContext {
        _ = try directory.file("manifests/a.yaml", "services: {}\n")
        return CommandContext(
            environment: ["MSCTL_API_URL": url], workingDirectory: directory.path, shared: try SharedOptions.parse([]),
            files: [])
    }

    /// A file of the project.
    func file(_ name: String, _ text: String) throws { _ = try directory.file(name, text) }

    /// Somebody who is logged in.
    func logIn(token: String = "t1", refreshToken: String? = "r1") throws {
        try store.write(
            Session(api: url, token: token, refreshToken: refreshToken, userID: "1", username: "ada"), .user)
    }
}
