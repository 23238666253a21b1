import Foundation
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct ConfigurationReaderTests {
    @Test func `all problems are found at once and no value is repeated`() throws {
        let directory = try TemporaryDirectory()
        let environment = [
            "PORT": "99999", "LOG_LEVEL": "loud", "USER_SERVICE_URL": "ftp://secret-value/path",
            "DATABASE_URL": "postgres://secret-value", "SHORT_FILE": try directory.write("short", "secret-value\n"),
            "EMPTY_FILE": try directory.write("empty", "\n"), "MISSING_FILE": "/secret-value/nowhere",
            "KEY_FILE": try directory.write("key", "no base64url at all, and yet of forty-three"),
        ]
        var reader = ConfigurationReader(environment: environment)
        _ = ServiceSettings(reading: &reader, name: "a-service", port: 1)
        _ = reader.baseURL("USER_SERVICE_URL")
        _ = reader.sqlitePath("DATABASE_URL")
        for name in ["SHORT", "EMPTY", "MISSING", "ABSENT"] { _ = reader.secret(name) }
        _ = reader.keys("KEY", count: 32)
        let read = reader
        let error = #expect(throws: ConfigurationError.self) { try read.finish() }
        #expect(
            error?.problems == [
                "PORT must be a whole number from 0 to 65535",
                "LOG_LEVEL must be one of trace, debug, info, notice, warning, error, critical",
                "USER_SERVICE_URL must be an http address without a path", "DATABASE_URL must be sqlite:PATH",
                "SHORT_FILE holds fewer than 32 bytes", "EMPTY_FILE names an empty file",
                "MISSING_FILE names a file that does not exist", "ABSENT_FILE is missing",
                "KEY_FILE must hold 32 bytes in base64url",
            ])
    }

    @Test func `settings have defaults and secrets lose their trailing newline`() throws {
        let directory = try TemporaryDirectory()
        let key = Base64URL.encode((0..<32).map { UInt8($0) })
        var reader = ConfigurationReader(environment: ["KEY_FILE": try directory.write("key", key + "\n")])
        let settings = ServiceSettings(reading: &reader, name: "a-service", port: 3001)
        #expect(reader.keys("KEY", count: 32).map(\.bytes) == [(0..<32).map { UInt8($0) }])
        #expect(reader.secret("KEY").text == key)
        try reader.finish()
        #expect(settings.port == 3001)
        #expect(settings.host == "127.0.0.1")
        #expect(settings.instance == "a-service.1")
    }

    @Test(arguments: [
        ("sqlite:/data/a.db", "/data/a.db"), ("sqlite:///data/a.db", "/data/a.db"), ("sqlite:a.db", "a.db"),
    ])
    func `sqlite addresses name files`(url: String, path: String) {
        var reader = ConfigurationReader(environment: ["DATABASE_URL": url])
        #expect(reader.sqlitePath("DATABASE_URL") == path)
    }

    @Test func `a secret does not print`() {
        let secret = Secret(bytes: Array("hunter2".utf8))
        #expect(!"\(secret) \(String(reflecting: secret))".contains("hunter2"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("104"))
    }
}
