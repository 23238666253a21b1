import ArgumentParser
import Foundation
import StateDirectory
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import msctl

/// Against a server of a few lines in the gateway's place.
@Suite struct SessionTests {
    private let directory = TemporaryDirectory()
    private var store: SessionStore { SessionStore(layout: StateLayout(projectDirectory: directory.path)) }
    private let list = ShopRequest("GET", "api", "orders")

    @Test func `a token that has run out is renewed once and kept`() async throws {
        let api = try API(["Bearer new": (200, "[]"), "refresh": (200, Self.session("new", "r2"))])
        try store.write(session("old", "r1", api), .user)
        _ = try await shop(api).call(list)
        #expect(api.seen == ["GET Bearer old", "POST refresh", "GET Bearer new"])
        #expect(try store.read(.user, api: api.url)?.refreshToken == "r2")
    }

    @Test func `a login that cannot be renewed is not allowed, and says how to log in again`() async throws {
        let api = try API([:])
        try store.write(session("old", "r1", api), .user)
        await #expect {
            _ = try await shop(api).call(list)
        } throws: {
            $0 as? CommandFailure
                == .notAllowed("the login of ada has run out", hint: "msctl user login --login ada")
        }
        #expect(api.seen == ["GET Bearer old", "POST refresh"])
    }

    @Test func `a request that speaks of its session is made again when that is renewed`() async throws {
        let api = try ScriptedAPI([
            .init(status: 401), .init(body: Self.session("t2", "r2")), .init(status: 204, body: ""),
        ])
        try api.logIn()
        let shop = try api.shop()
        _ = try await shop.call { UserPasswordCommand.request(current: "a", new: "b", session: $0) }
        let path = "POST /api/users/me/password"
        #expect(api.asked == [path, "POST /api/users/refresh", path])
        #expect(
            api.bodies == [
                #"{"currentPassword":"a","newPassword":"b","refreshToken":"r1"}"#, #"{"refreshToken":"r1"}"#,
                #"{"currentPassword":"a","newPassword":"b","refreshToken":"r2"}"#,
            ])
        #expect(api.values("Authorization") == ["Bearer t1", "Bearer t2"])
    }

    @Test func `a wrong password is no reason to renew the login`() async throws {
        let api = try ScriptedAPI([.init(status: 401, body: #"{"type":"wrong-credentials","title":"Wrong"}"#)])
        try api.logIn()
        let shop = try api.shop()
        await #expect { _ = try await shop.call(list) } throws: { ($0 as? CommandFailure)?.exitCode == 77 }
        #expect(api.asked.count == 1)
        #expect(try api.store.read(.user, api: api.url)?.token == "t1")
    }

    @Test func `logging out ends the login here and there`() async throws {
        let api = try ScriptedAPI([.init(status: 204, body: "")])
        try api.logIn()
        #expect(try await api.shop().logOut()?.username == "ada")
        #expect(api.asked == ["POST /api/users/logout"])
        #expect(api.bodies == [#"{"refreshToken":"r1"}"#])
        #expect(try api.store.read(.user, api: api.url) == nil)
        #expect(try await api.shop().logOut() == nil)
        #expect(api.requests.count == 1)
        #expect { _ = try api.shop().loggedIn() } throws: { ($0 as? CommandFailure)?.exitCode == 77 }
    }

    @Test func `a login that the API cannot be told of is forgotten all the same`() async throws {
        let api = try ScriptedAPI([.init(status: 503)])
        try api.logIn()
        let shop = try api.shop()
        await #expect { _ = try await shop.logOut() } throws: { ($0 as? CommandFailure)?.exitCode == 69 }
        #expect(try api.store.read(.user, api: api.url) == nil)
    }

    @Test func `without a login the operator acts, and logs in only once`() async throws {
        _ = try directory.file(".msctl/secrets/operator-password", "secret\n")
        let api = try API(["Bearer op": (200, "[]"), "login": (200, Self.session("op", "r"))])
        _ = try await shop(api).call(list)
        _ = try await shop(api).call(list)
        #expect(api.seen == ["POST login", "GET Bearer op", "GET Bearer op"])
    }

    @Test func `an operator's token that has run out is replaced by a new login`() async throws {
        _ = try directory.file(".msctl/secrets/operator-password", "secret\n")
        let api = try API(["Bearer op": (200, "[]"), "login": (200, Self.session("op", "r"))])
        try store.write(session("old", nil, api), .operator)
        _ = try await shop(api).call(list)
        #expect(api.seen == ["GET Bearer old", "POST login", "GET Bearer op"])
    }

    @Test func `a token is not sent to another API, and without any nobody is named`() async throws {
        let api = try API(["": (200, "[]")])
        try store.write(
            Session(api: "http://elsewhere", token: "t", refreshToken: nil, userID: "1", username: "ada"), .user)
        _ = try await shop(api).call(list)
        #expect(api.seen == ["GET "])
    }

    @Test func `without a gateway there is nothing to speak to`() throws {
        #expect { _ = try Shop(try context([:])) } throws: { ($0 as? CommandFailure)?.exitCode == 3 }
    }

    private func shop(_ api: API) throws -> Shop { try Shop(try context(["MSCTL_API_URL": api.url + "/"])) }

    private func context(_ environment: [String: String]) throws -> CommandContext {
        _ = try directory.file("manifests/a.yaml", "services: {}\n")
        return CommandContext(
            environment: environment, workingDirectory: directory.path, shared: try SharedOptions.parse([]), files: [])
    }

    private func session(_ token: String, _ refreshToken: String?, _ api: API) -> Session {
        Session(api: api.url, token: token, refreshToken: refreshToken, userID: "1", username: "ada")
    }

    private static func session(_ token: String, _ refresh: String) -> String {
        #"{"token":"\#(token)","refreshToken":"\#(refresh)","user":{"id":"1","username":"ada","email":"a@b"}}"#
    }

    /// Answers by what it is asked: `refresh`, `login`, or else the Authorization header; 401 for what it does not know.
    private final class API: Sendable {
        private let server: TestServer
        private let log: Log

        var url: String { String(server.url.dropLast()) }
        var seen: [String] { log.lines.withLock { $0 } }

        private final class Log: Sendable {
            let lines = Mutex<[String]>([])
        }

        init(_ answers: [String: (Int, String)]) throws {
            let log = Log()
            self.log = log
            server = try TestServer { connection in
                while let request = connection.readRequest() {
                    let words = request.split(separator: " ", maxSplits: 2).map(String.init)
                    let header = request.split(separator: "\r\n").first { $0.hasPrefix("Authorization: ") }
                    let last = words[1].split(separator: "/").last.map(String.init) ?? ""
                    let asked =
                        ["refresh", "login"].contains(last) ? last : header.map { String($0.dropFirst(15)) } ?? ""
                    log.lines.withLock { $0.append("\(words[0]) \(asked)") }
                    let (status, body) = answers[asked] ?? (401, #"{"title":"no"}"#)
                    connection.answer(body, status: "\(status) X")
                }
            }
        }
    }
}
