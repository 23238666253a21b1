import References
import Testing

@testable import user_service

/// What the Python Cryptographic Authority tests its bcrypt with: passwords of any bytes, their hashes, and settings
/// that are none.
@Suite(.needs(.bcryptVectors)) struct BcryptVectorTests {
    /// Prints the vectors, a line each, with the password in hexadecimal; and the settings that must be refused.
    private static let script = """
        import ast, sys
        for part in ast.parse(open(sys.argv[1]).read()).body:
            if isinstance(part, ast.Assign) and part.targets[0].id.endswith("_test_vectors"):
                for password, setting, hashed in ast.literal_eval(part.value):
                    print("vector", password.hex(), setting.decode(), hashed.decode())
            if isinstance(part, ast.FunctionDef) and part.name in ("test_checkpw_bad_salt", "test_hashpw_invalid"):
                for call in ast.walk(part):
                    if isinstance(call, ast.Call) and call.func.attr in ("checkpw", "hashpw"):
                        print("refused", call.args[1].value.decode())
        """

    private struct Vector {
        let password: [UInt8]
        let setting: String
        let hash: String

        init?(_ words: [Substring]) {
            guard words.count == 4 else { return nil }
            let digits = Array(words[1])
            password = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0..<$0 + 2]), radix: 16)
            }
            setting = String(words[2])
            hash = String(words[3])
        }

        /// crypt(3) would read it to there only, so that the service takes no such password.
        var hasNUL: Bool { password.contains(0) }

        /// nil when it is no UTF-8, so that nobody could give it to the service.
        var text: String? { String(validating: password, as: UTF8.self) }
    }

    private func lines(_ kind: Substring) throws -> [[Substring]] {
        let (code, output) = try Reference.python(["-c", Self.script, Reference.bcryptVectors.path])
        try #require(code == 0, "\(output)")
        return output.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.first == kind }
    }

    @Test func `every password without NUL gives its hash, and is recognised by it and by nothing else`() throws {
        let vectors = try lines("vector").compactMap(Vector.init)
        // Every prefix that is used; $2x$, for the hashes of a library with a bug, is in no vector.
        let prefixes = Dictionary(grouping: vectors) { $0.hash.prefix(4) }.mapValues(\.count)
        #expect(prefixes == ["$2a$": 5, "$2b$": 21, "$2y$": 2])
        // Both of 64 random bytes.
        #expect(vectors.filter(\.hasNUL).map { $0.hash.prefix(12) } == ["$2b$10$keO.Z", "$2a$04$tecY."])
        for vector in vectors where vector.hasNUL {
            #expect(!Password.isHashable(String(decoding: vector.password, as: UTF8.self)))
        }
        for vector in vectors where !vector.hasNUL {
            let password = vector.password.map(CChar.init(bitPattern:)) + [0]
            #expect(try Bcrypt.crypt(password, setting: Array(vector.setting.utf8CString)) == vector.hash)
            guard let text = vector.text else { continue }
            #expect(try Bcrypt.matches(text, hash: vector.hash))
            #expect(try !Bcrypt.matches(text + "x", hash: vector.hash))
            #expect(try !Bcrypt.matches(String(text.dropLast()), hash: vector.hash))
            #expect((try? Bcrypt.matches(text, hash: vector.hash + "extra")) != true)
            #expect((try? Bcrypt.matches(text, hash: String(vector.hash.dropLast(10)))) != true)
        }
        #expect(vectors.filter { $0.text == nil }.count == 5)
    }

    @Test func `settings that are none are refused`() throws {
        let settings = try lines("refused").compactMap(\.last)
        #expect(settings.count == 4)
        for setting in settings {
            #expect(throws: Bcrypt.Failure.self) { try Bcrypt.matches("password", hash: String(setting)) }
        }
    }
}
