import Foundation
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct BadEnvironmentTests {
    private func problems(_ environment: [String: String]) -> [String] {
        do throws(ConfigurationError) {
            let _: EveryConfiguration = try ServiceMain.read(environment: environment)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `an environment full of other programs' variables is good`() throws {
        let directory = try TemporaryDirectory()
        #expect(problems(try BadEnvironment.good(in: directory)) == [])
        #expect(FileManager.default.fileExists(atPath: directory.path))
    }

    @Test(arguments: BadEnvironment.all)
    func `what is wrong is told in these words and without any value`(bad: BadEnvironment) throws {
        let directory = try TemporaryDirectory()
        let environment = try bad.environment(in: directory)
        let found = problems(environment)
        #expect(found == bad.problems)
        var secrets = [TokenMint.credential, "correct horse battery", directory.path]
        if case .file(let contents, _) = bad.setting { secrets.append(contents) }
        if case .text(let text) = bad.setting { secrets.append(text) }
        for secret in secrets where secret.utf8.count > 7 {
            #expect(!found.contains { $0.contains(secret) })
        }
    }

    @Test func `everything that is wrong is told at once`() throws {
        let directory = try TemporaryDirectory()
        var environment = try BadEnvironment.good(in: directory)
        environment["PORT"] = "x"
        environment["DATABASE_URL"] = nil
        environment["DATABASE_URI"] = "sqlite:/data/users.db"
        environment["SERVICE_CREDENTIAL_FILE"] = try directory.write("weak", "changeme-changeme-changeme-changeme")
        environment["OPERATOR_PASSWORD_FILE"] = "/nowhere"
        #expect(
            problems(environment) == [
                "PORT must be a whole number from 0 to 65535", "DATABASE_URL is missing",
                "OPERATOR_PASSWORD_FILE names a file that does not exist",
                "SERVICE_CREDENTIAL_FILE holds a well-known value",
                "DATABASE_URI is not a setting; did you mean DATABASE_URL?",
            ])
    }

    @Test func `a file that a group can read is a secret`() throws {
        let directory = try TemporaryDirectory()
        let environment = try BadEnvironment.good(in: directory)
        for mode in [0o400, 0o440, 0o640] {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: "\(directory.path)/credential")
            #expect(problems(environment) == [])
        }
    }

    @Test(.enabled(if: getuid() != 0, "root may read everything"))
    func `a file that we may not read is told apart from none`() throws {
        let directory = try TemporaryDirectory()
        let bad = BadEnvironment(
            "SERVICE_CREDENTIAL_FILE", .file(TokenMint.credential, mode: 0o000), "NAME names a file that cannot be read"
        )
        #expect(problems(try bad.environment(in: directory)) == bad.problems)
    }
}
