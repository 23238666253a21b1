import ArgumentParser
import StateDirectory
import TestSupport
import Testing

@testable import msctl

@Suite struct LogoutTests {
    private static let session = #"{"token":"t2","refreshToken":"r2","user":{"id":"2","username":"eve","email":"e@b"}}"#

    @Test func `logging out ends the login here and there`() async throws {
        let api = try ScriptedAPI([.init(status: 204, body: "")])
        try api.logIn()
        #expect(try await api.logOut() == "ada is logged out")
        #expect(api.asked == ["POST /api/users/logout"])
        #expect(api.bodies == [#"{"refreshToken":"r1"}"#])
        #expect(try api.store.content(.user) == .nothing)
        #expect(try await api.logOut() == "nobody is logged in")
        #expect(api.requests.count == 1)
        #expect { _ = try api.shop().loggedIn() } throws: { ($0 as? CommandFailure)?.exitCode == 77 }
    }

    @Test(
        arguments: [
            (Array(repeating: .init(status: 503), count: 3), 69), ([.init(status: 429)], 65),
            ([.init(status: 403)], 77), (Array(repeating: .brokenOff, count: 3), 69),
        ] as [([ScriptedAPI.Answer], Int32)])
    func `a login that the API cannot be told of is forgotten all the same, and that is said`(
        answers: [ScriptedAPI.Answer], code: Int32
    ) async throws {
        let api = try ScriptedAPI(answers)
        try api.logIn()
        await #expect {
            _ = try await api.logOut()
        } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitCode == code && failure.message.hasPrefix("ada is logged out here; the API")
        }
        #expect(try api.store.content(.user) == .nothing)
        #expect(api.requests.count == answers.count)
    }

    @Test func `a logout whose answer was lost is sent again`() async throws {
        let api = try ScriptedAPI([.brokenOff, .init(status: 204, body: "")])
        try api.logIn()
        #expect(try await api.logOut() == "ada is logged out")
        #expect(api.requests.count == 2)
    }

    @Test func `with nothing running the login is forgotten, and that is said`() async throws {
        let directory = TemporaryDirectory()
        _ = try directory.file("manifests/a.yaml", "services: {}\n")
        let store = SessionStore(layout: StateLayout(projectDirectory: directory.path))
        try store.write(
            Session(api: "project", token: "t", refreshToken: "r", userID: "1", username: "ada"), .user)
        let context = CommandContext(
            environment: [:], workingDirectory: directory.path, shared: try SharedOptions.parse([]), files: [])
        await #expect {
            _ = try await Logout(context).run()
        } throws: { error in
            guard case CommandFailure.nothingRunning(let message, _, _) = error else { return false }
            return message.hasPrefix("ada is logged out here")
        }
        #expect(try store.content(.user) == .nothing)
    }

    @Test func `a login that cannot be read is forgotten, and one for another API is left alone`() async throws {
        let api = try ScriptedAPI([])
        try api.file(".msctl/tokens/user.json", "{")
        #expect(try await api.logOut().contains("could not be read"))
        #expect(try api.store.content(.user) == .nothing)
        let elsewhere = Session(api: "https://elsewhere", token: "t", refreshToken: "r", userID: "1", username: "ada")
        try api.store.write(elsewhere, .user)
        #expect(try await api.logOut() == "nobody is logged in")
        #expect(try api.store.content(.user) == .session(elsewhere))
        #expect(api.requests.isEmpty)
    }

    @Test func `a login ends the one that it replaces`() async throws {
        let api = try ScriptedAPI([.init(body: Self.session), .init(status: 204, body: "")])
        try api.logIn()
        let shop = try api.shop()
        #expect(try await shop.keep(try await shop.client.logIn("eve", password: "p")) == nil)
        #expect(api.asked == ["POST /api/users/login", "POST /api/users/logout"])
        #expect(api.bodies.last == #"{"refreshToken":"r1"}"#)
        #expect(try shop.loggedIn().username == "eve")
    }

    @Test func `a login that cannot end the one before says so and is good`() async throws {
        let api = try ScriptedAPI([.init(body: Self.session)] + Array(repeating: .init(status: 502), count: 3))
        try api.logIn()
        let shop = try api.shop()
        let words = try await shop.keep(try await shop.client.logIn("eve", password: "p"))
        #expect(words?.hasPrefix("the login before, of ada, is forgotten here and ends by itself there: ") == true)
        #expect(try shop.loggedIn().username == "eve")
    }
}
