import Foundation

/// Secrets come in files, since an environment is inherited by every child and shown by ps(1).
extension ConfigurationReader {
    /// The secret in the file that `NAME_FILE` points at, without a trailing newline, `minimum` bytes or more.
    ///
    /// A file that every user of the machine may read, and a secret that somebody has guessed already, are problems.
    package mutating func secret(_ name: String, minimum: Int = 32) -> Secret {
        contents(name, minimum: minimum) ?? Secret(bytes: [])
    }

    /// Like `secret`, but the file holds base64url of exactly `count` bytes, which are returned; or several of these, a line
    /// each, the newest first and none of them twice. At least one is returned.
    package mutating func keys(_ name: String, count: Int) -> [Secret] {
        let none = [Secret(bytes: [])]
        guard let text = contents(name, minimum: 32) else { return none }
        var keys: [Secret] = []
        for line in text.text.split(separator: "\n") {
            guard let bytes = Base64URL.decode(line), bytes.count == count else {
                note("\(name)_FILE", "must hold \(count) bytes in base64url")
                return none
            }
            if let weakness = SecretWeakness.of(bytes) {
                note("\(name)_FILE", "holds \(weakness)")
                return none
            }
            guard !keys.contains(where: { $0.bytes == bytes }) else {
                note("\(name)_FILE", "holds one key twice")
                return none
            }
            keys.append(Secret(bytes: bytes))
        }
        return keys.isEmpty ? none : keys
    }

    /// nil beside a noted problem.
    private mutating func contents(_ name: String, minimum: Int) -> Secret? {
        let variable = "\(name)_FILE"
        if present(name) != nil {
            note(name, "must not be in the environment; put it into a file and name that in \(variable)")
        }
        guard let path = present(variable) else {
            note(variable, "is missing")
            return nil
        }
        switch SecretFile.read(path) {
        case .failure(let failure):
            note(variable, "names \(failure.rawValue)")
            return nil
        case .success(let contents):
            let end = contents.lastIndex { $0 != 0x0A && $0 != 0x0D }.map { $0 + 1 } ?? 0
            return usable([UInt8](contents[..<end]), variable, minimum)
        }
    }

    private mutating func usable(_ bytes: [UInt8], _ variable: String, _ minimum: Int) -> Secret? {
        if bytes.isEmpty {
            note(variable, "names an empty file")
        } else if let weakness = SecretWeakness.of(bytes) {
            note(variable, "holds \(weakness)")
        } else if bytes.count < minimum {
            note(variable, "holds fewer than \(minimum) bytes")
        } else {
            return Secret(bytes: bytes)
        }
        return nil
    }
}
