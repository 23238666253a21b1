import CCrypt
import Foundation

/// bcrypt by libxcrypt, `$2b$`. Takes tens of milliseconds by design: never on an event loop or the cooperative pool.
enum Bcrypt {
    /// The system refused to hash: a malformed setting, or no memory.
    struct Failure: Error {}

    /// A hash of `password` with a fresh salt.
    static func hash(_ password: String, cost: Int) throws -> String {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in CChar(truncatingIfNeeded: random.next()) }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$2b$", UInt(cost), salt, Int32(salt.count), &setting, Int32(setting.count)) != nil
        else { throw Failure() }
        return try crypt(password, setting: setting)
    }

    /// Whether `password` is the one `hash` was made from.
    static func matches(_ password: String, hash: String) throws -> Bool {
        let result = Array(try crypt(password, setting: Array(hash.utf8CString)).utf8)
        let expected = Array(hash.utf8)
        guard result.count == expected.count else { return false }
        return zip(result, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The cost a hash was made with; nil when it is not one of ours.
    static func cost(of hash: String) -> Int? {
        let parts = hash.split(separator: "$")
        return parts.count == 3 && parts[0] == "2b" ? Int(parts[1]) : nil
    }

    /// A hash of that cost that no password has: what a login of an unknown user is compared with, so that it takes as
    /// long as any other.
    static func unmatchable(cost: Int) -> String {
        "$2b$\(cost < 10 ? "0" : "")\(cost)$" + String(repeating: ".", count: 53)
    }

    /// - Parameter password: as its bytes in UTF-8, which others' hashes need not have been made from.
    static func crypt(_ password: UnsafePointer<CChar>, setting: [CChar]) throws -> String {
        let scratch = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        defer {
            // The scratch area has held the password.
            explicit_bzero(scratch, MemoryLayout<crypt_data>.size)
            scratch.deallocate()
        }
        memset(scratch, 0, MemoryLayout<crypt_data>.size)
        // libxcrypt reports failure as a string that begins with an asterisk, so that no comparison can succeed.
        guard let output = crypt_r(password, setting, scratch), output.pointee != CChar(UInt8(ascii: "*")) else {
            throw Failure()
        }
        return String(cString: output)
    }
}
