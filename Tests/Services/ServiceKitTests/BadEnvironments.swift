import Foundation
import ServiceKit
import ServiceTestSupport

/// The settings of all four services in one, as they read them.
struct EveryConfiguration: ServiceConfiguration {
    static let serviceName = "user-service"
    let settings: ServiceSettings

    init(reading reader: inout ConfigurationReader) {
        settings = ServiceSettings(reading: &reader, name: Self.serviceName, port: 3001)
        _ = reader.sqlitePath("DATABASE_URL")
        _ = reader.baseURL("USER_SERVICE_URL")
        _ = reader.keys("TOKEN_SIGNING_KEY", count: 32)
        _ = reader.secret("OPERATOR_PASSWORD", minimum: 8)
        _ = reader.secret("SERVICE_CREDENTIAL")
        _ = reader.integer("PASSWORD_COST", in: 4...15, default: 10)
    }
}

/// What one variable is instead of being right.
enum BadSetting: Sendable {
    case text(String)
    case absent
    /// It names a file with these contents.
    case file(String, mode: Int = 0o600)
    case directory
    /// A pipe that nobody writes into.
    case pipe
}

/// One variable that is wrong in an environment that is otherwise good, and what is said about it.
struct BadEnvironment: Sendable, CustomStringConvertible {
    let name: String
    let setting: BadSetting
    let problems: [String]

    init(_ name: String, _ setting: BadSetting, _ problems: String...) {
        self.name = name
        self.setting = setting
        self.problems = problems.map { $0.replacing("%", with: name) }
    }

    var description: String { "\(name): \(setting)" }

    static func good(in directory: TemporaryDirectory) throws -> [String: String] {
        [
            "HOME": "/root", "PATH": "/bin", "LANG": "C", "USER": "shop", "MSCTL_DATA_DIR": "/data", "MSCTL_RUN": "1",
            "ORDER_SERVICE_URL": "http://127.0.0.1:3003", "LISTEN_FDNAMES": "http",
            "HOST": "127.0.0.1", "PORT": "3001", "SERVICE_NAME": "user-service", "SERVICE_INSTANCE": "user-service.2",
            "LOG_LEVEL": "info", "MSCTL_ENDPOINTS": "/run/endpoints.json", "DATABASE_URL": "sqlite:/data/users.db",
            "USER_SERVICE_URL": "http://127.0.0.1:3001", "PASSWORD_COST": "10",
            "TOKEN_SIGNING_KEY_FILE": try directory.write("key", Base64URL.encode((0..<32).map { UInt8($0) })),
            "OPERATOR_PASSWORD_FILE": try directory.write("operator", "correct horse battery"),
            "SERVICE_CREDENTIAL_FILE": try directory.write("credential", TokenMint.credential),
        ]
    }

    func environment(in directory: TemporaryDirectory) throws -> [String: String] {
        var environment = try Self.good(in: directory)
        let path = "\(directory.path)/bad"
        switch setting {
        case .text(let text): environment[name] = text
        case .absent: environment[name] = nil
        case .file(let contents, let mode):
            environment[name] = try directory.write("bad", contents)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        case .directory:
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            environment[name] = path
        case .pipe:
            guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
            environment[name] = path
        }
        return environment
    }
}

extension BadEnvironment {
    private static let word = "% must be 1 to 64 letters, digits, points, hyphens and underscores"
    private static let host = "% must be a host name or an IP address"
    private static let port = "% must be a whole number from 0 to 65535"
    private static let url = "% must be an http address without a path"
    private static let database = "% must be sqlite:PATH"
    private static let prefix = "SERVICE_INSTANCE must begin with SERVICE_NAME and a point"
    private static let credential = "SERVICE_CREDENTIAL_FILE"
    private static let known = "% holds a well-known value"
    private static let repeated = "% holds the same few characters again and again"

    static let all: [BadEnvironment] = [
        // Names that are nearly right.
        .init("DATABSE_URL", .text("sqlite:/other.db"), "% is not a setting; did you mean DATABASE_URL?"),
        .init("PROT", .text("4000"), "% is not a setting; did you mean PORT?"),
        .init("port", .text("4000"), "% is not a setting; did you mean PORT?"),
        .init("LOGLEVEL", .text("debug"), "% is not a setting; did you mean LOG_LEVEL?"),
        .init("MSCTL_ENDPOINT", .text("/x"), "% is not a setting; did you mean MSCTL_ENDPOINTS?"),
        .init("SERVICE_CREDENTIALS_FILE", .text("/x"), "% is not a setting; did you mean SERVICE_CREDENTIAL_FILE?"),
        // What every service has.
        .init("PORT", .text("65536"), port), .init("PORT", .text("-1"), port), .init("PORT", .text("+3001"), port),
        .init("PORT", .text("3001 "), port), .init("PORT", .text("0xBB9"), port), .init("PORT", .text("٣٠٠١"), port),
        .init("PORT", .text("99999999999999999999"), port),
        .init("HOST", .text("http://localhost"), host), .init("HOST", .text("localhost:3001"), host),
        .init("HOST", .text("two hosts"), host), .init("HOST", .text("::1]"), host),
        .init("LOG_LEVEL", .text("LOUD"), "% must be one of trace, debug, info, notice, warning, error, critical"),
        .init("SERVICE_NAME", .text("user service"), word), .init("SERVICE_NAME", .text("../users"), word),
        .init("SERVICE_INSTANCE", .text("user-service.1\nlevel"), word),
        .init("SERVICE_INSTANCE", .text("order-service.1"), prefix),
        .init("MSCTL_ENDPOINTS", .text("endpoints.json"), "% must be an absolute path"),
        .init("PASSWORD_COST", .text("3"), "% must be a whole number from 4 to 15"),
        .init("PASSWORD_COST", .text("10.0"), "% must be a whole number from 4 to 15"),
        // Addresses.
        .init("DATABASE_URL", .absent, "% is missing"), .init("DATABASE_URL", .text(""), "% is missing"),
        .init("DATABASE_URL", .text("mongodb://localhost/users"), database),
        .init("DATABASE_URL", .text("sqlite:"), database), .init("DATABASE_URL", .text("sqlite::memory:"), database),
        .init("DATABASE_URL", .text("sqlite:///"), database),
        .init("USER_SERVICE_URL", .text("localhost:3001"), url), .init("USER_SERVICE_URL", .text("ftp://users"), url),
        .init("USER_SERVICE_URL", .text("http://"), url), .init("USER_SERVICE_URL", .text("http://users:0"), url),
        .init("USER_SERVICE_URL", .text("http://users/api"), url),
        .init("USER_SERVICE_URL", .text("http://users?a=b"), url),
        .init("USER_SERVICE_URL", .text("http://us ers"), url),
        .init("USER_SERVICE_URL", .text("http://shop:hunter2@users"), "% must not hold a user or a password"),
        // Secrets.
        .init(credential, .absent, "% is missing"),
        .init(credential, .text("/nowhere/at-all"), "% names a file that does not exist"),
        .init(credential, .directory, "% names something that is no file"),
        .init(credential, .pipe, "% names something that is no file"),
        .init(credential, .file(TokenMint.credential, mode: 0o644), open), .init(credential, .file("\n"), empty),
        .init(credential, .file(TokenMint.credential, mode: 0o602), open),
        .init(credential, .file("only-seventeen-by"), "% holds fewer than 32 bytes"),
        .init(credential, .file(String(repeating: "long enough ", count: 400)), large),
        .init(credential, .file("fallback-secret"), known), .init(credential, .file("Change-Me!"), known),
        .init(credential, .file("my-super-secret-jwt-key-that-is-long-enough"), known),
        .init(credential, .file(String(repeating: "a", count: 64)), repeated),
        .init(credential, .file(String(repeating: "s3cr", count: 16)), repeated),
        .init("OPERATOR_PASSWORD_FILE", .file("password"), known),
        .init("OPERATOR_PASSWORD_FILE", .file("12121212"), repeated),
        .init("TOKEN_SIGNING_KEY_FILE", .file(Base64URL.encode([UInt8](repeating: 0, count: 32))), repeated),
        .init("TOKEN_SIGNING_KEY_FILE", .file(Base64URL.encode((0..<31).map { UInt8($0) })), key),
        .init("TOKEN_SIGNING_KEY_FILE", .file("a raw key of thirty-two bytes !!"), key),
        .init("TOKEN_SIGNING_KEY_FILE", .file("\(someKey)\n\(otherKey)\n\(someKey)\n"), "% holds one key twice"),
        .init("SERVICE_CREDENTIAL", .text(TokenMint.credential), inEnvironment),
    ]

    private static let someKey = Base64URL.encode((0..<32).map { UInt8($0) })
    private static let otherKey = Base64URL.encode((0..<32).map { UInt8($0 * 3) })
    private static let open = "% names a file that is open to every user; allow only its owner and group"
    private static let empty = "% names an empty file"
    private static let large = "% names a file of more than 4096 bytes"
    private static let key = "% must hold 32 bytes in base64url"
    private static let inEnvironment =
        "% must not be in the environment; put it into a file and name that in %_FILE"
}
