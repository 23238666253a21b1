import Foundation
import ServiceKit
import Testing

/// Test vectors that others publish (C2SP/wycheproof): in the directory that `MSCTL_VECTORS` names, or in
/// `shared/vectors` beside the package. They are not ours to ship; without them their tests are skipped, which is said.
enum PublicVectors {
    /// A token of the files, and the keys it is to be verified with.
    struct Token {
        let name: String
        /// What is no compact serialization is given as the text that it is.
        let text: String
        let isValid: Bool
        /// As published: one key or a set of them.
        let keys: [JSONValue]

        /// `alg` of the header, as far as there is one.
        var algorithm: String? {
            let header = Base64URL.decode(text.prefix { $0 != "." }) ?? []
            return (try? JSONParser.parse(header))?["alg"]?.string
        }

        /// The keys as a set, each of them with a name that tokens could give.
        var keySet: JSONValue { ["keys": .array(keys)] }
    }

    static let absence: Comment = "there are no public test vectors; MSCTL_VECTORS names their directory"

    static let areThere: Bool = {
        if directory == nil { print("SKIPPED: \(absence)") }
        return directory != nil
    }()

    static func tokens(_ file: String) throws -> [Token] {
        guard let directory, let contents = FileManager.default.contents(atPath: "\(directory)/\(file)") else {
            throw CocoaError(.fileReadNoSuchFile)
        }
        let groups = try JSONParser.parse([UInt8](contents))["testGroups"]?.array ?? []
        return groups.flatMap { group in
            let keys = [group["public"], group["private"]].compactMap(\.self).flatMap { $0["keys"]?.array ?? [$0] }
            return (group["tests"]?.array ?? []).compactMap { test -> Token? in
                guard let token = test["jws"] ?? test["jwe"] else { return nil }
                return Token(
                    name: "\(file) \(test["tcId"]?.integer ?? 0) \(test["comment"]?.string ?? "")",
                    text: token.string ?? String(decoding: JSONWriter.bytes(of: token), as: UTF8.self),
                    isValid: test["result"] == "valid", keys: keys)
            }
        }
    }

    private static let directory: String? = {
        if let named = ProcessInfo.processInfo.environment["MSCTL_VECTORS"], !named.isEmpty { return named }
        var place = URL(filePath: #filePath).deletingLastPathComponent()
        while place.pathComponents.count > 1 {
            let candidate = place.appending(path: "shared/vectors").path()
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            place.deleteLastPathComponent()
        }
        return nil
    }()
}
