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

    @Test func `a renewal whose answer is lost is not sent again, and may have ended the login`() async throws {
        let api = try ScriptedAPI([.init(status: 401), .brokenOff, .init(body: Self.session("t2", "r2"))])
        try api.logIn()
        let shop = try api.shop()
        await #expect {
            _ = try await shop.call(list)
        } throws: { error in
            guard case CommandFailure.unreachable(_, let hint, _) = error else { return false }
            return hint == "this may have ended the login; if so: msctl user login --login ada"
        }
        #expect(api.asked == ["GET /api/orders", "POST /api/users/refresh"])
    }

    @Test func `a request with a key has it again when the login was renewed`() async throws {
        let api = try ScriptedAPI([
            .init(status: 401), .init(body: Self.session("t2", "r2")), .init(status: 201, body: #"{"id":"o1"}"#),
        ])
        try api.logIn()
        var request = ShopRequest("POST", "api", "orders", body: .object([]))
        request.idempotencyKey = "k1"
        #expect(try await api.shop().call(request).status == 201)
        #expect(api.values("Idempotency-Key") == ["k1", "k1"])
        #expect(api.values("Authorization") == ["Bearer t1", "Bearer t2"])
    }

    @Test func `two commands whose token has run out renew it once, and both go on`() async throws {
        let bothAsked = Gate()
        let api = try API(["Bearer new": (200, "[]"), "refresh": (200, Self.session("new", "r2"))]) { asked, seen in
            // Both have been told that it has run out before either can renew it.
            if seen.filter({ $0 == "GET Bearer old" }).count == 2 { bothAsked.open() }
            if asked == "Bearer old" { bothAsked.wait() }
        }
        try store.write(session("old", "r1", api), .user)
        async let first = shop(api).call(list)
        async let second = shop(api).call(list)
        #expect(try await [first.status, second.status] == [200, 200])
        #expect(api.seen.filter { $0 == "POST refresh" }.count == 1)
        #expect(api.seen.filter { $0 == "GET Bearer new" }.count == 2)
    }

    @Test func `what one person asked for is not done by another who logs in meanwhile`() async throws {
        let store = store
        let eve = Mutex<Session?>(nil)
        let api = try API(["Bearer eve": (200, "[]")]) { asked, _ in
            guard asked == "Bearer old", let eve = eve.withLock({ $0 }) else { return }
            #expect(throws: Never.self) { try store.write(eve, .user) }
        }
        try store.write(session("old", "r1", api), .user)
        eve.withLock { $0 = Session(api: api.url, token: "eve", refreshToken: "r", userID: "2", username: "eve") }
        await #expect {
            _ = try await shop(api).call(list)
        } throws: {
            $0 as? CommandFailure
                == .notAllowed("ada has been logged out", hint: "msctl user login --login ada")
        }
        #expect(api.seen == ["GET Bearer old"])
    }

    @Test func `a login that cannot be read is none of the operator's`() async throws {
        _ = try directory.file(".msctl/secrets/operator-password", "secret\n")
        _ = try directory.file(".msctl/tokens/user.json", #"{"api":"#)
        let api = try API(["login": (200, Self.session("op", "r"))])
        await #expect { _ = try await shop(api).call(list) } throws: { ($0 as? CommandFailure)?.exitCode == 77 }
        #expect(api.seen == [])
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:3000", true), ("http://localhost", true), ("https://[::1]:8443/shop", true),
            ("http://127.1.2.3/", true), ("http://example.org", false), ("https://example.org:3000", false),
            ("http://127.0.0.1@example.org", false), ("http://example.org/127.0.0.1", false),
            ("http://localhost.example.org", false), ("http://127.0.0.1.example.org", false), ("localhost:3000", false),
            ("http://example.org#@localhost", false), ("http://example.org\\@localhost", false),
            ("http://10.0.0.1", false), ("http://127.0.0.256", false), ("http://0x7f.0.0.1", false), ("", false),
        ])
    func `the project's password goes to the project or nowhere`(url: String, isOwn: Bool) throws {
        #expect(LoopbackURL.matches(url) == isOwn)
        guard !url.isEmpty else { return }
        #expect(try Shop(try context(["MSCTL_API_URL": url])).client.isOwn == isOwn)
    }

    @Test func `an API elsewhere is asked for no operator`() async throws {
        _ = try directory.file(".msctl/secrets/operator-password", "secret\n")
        let shop = try Shop(try context(["MSCTL_API_URL": "http://shop.invalid"]))
        await #expect { _ = try await shop.operatorToken() } throws: { ($0 as? CommandFailure)?.exitCode == 77 }
        await #expect { _ = try await shop.ownID() } throws: { ($0 as? CommandFailure)?.exitCode == 77 }
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

        /// - Parameter hook: called with what is asked and all that was, before it is answered.
        init(
            _ answers: [String: (Int, String)],
            hook: @escaping @Sendable (_ asked: String, _ seen: [String]) -> Void = { _, _ in }
        ) throws {
            let log = Log()
            self.log = log
            server = try TestServer { connection in
                while let request = connection.readRequest() {
                    let words = request.split(separator: " ", maxSplits: 2).map(String.init)
                    let header = request.split(separator: "\r\n").first { $0.hasPrefix("Authorization: ") }
                    let last = words[1].split(separator: "/").last.map(String.init) ?? ""
                    let asked =
                        ["refresh", "login"].contains(last) ? last : header.map { String($0.dropFirst(15)) } ?? ""
                    hook(
                        asked,
                        log.lines.withLock { lines in
                            lines.append("\(words[0]) \(asked)")
                            return lines
                        })
                    let (status, body) = answers[asked] ?? (401, #"{"title":"no"}"#)
                    connection.answer(body, status: "\(status) X")
                }
            }
        }
    }
}
