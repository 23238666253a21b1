import Yams

/// Masks duplicate keys in a YAML text: the first letter becomes a private-use scalar, so no place moves.
struct DuplicateKeys {
    private static let firstMask: UInt32 = 0xF0000
    private static let limit = 100
    private var originals: [String: String] = [:]

    /// nil when the key is not spelled at the mark as it reads (escapes, aliases), or when there are too many.
    mutating func mask(_ key: String, at mark: Mark, in text: String) -> String? {
        guard let initial = key.unicodeScalars.first, originals.count < Self.limit,
            let mask = Unicode.Scalar(Self.firstMask + UInt32(originals.count))
        else { return nil }
        var scalars = Array(text.unicodeScalars)
        guard var index = offset(of: mark, in: scalars) else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index < scalars.count, scalars[index] == initial else { return nil }
        scalars[index] = mask
        originals[String(String.UnicodeScalarView([mask] + key.unicodeScalars.dropFirst()))] = key
        return String(String.UnicodeScalarView(scalars))
    }

    /// The key that was masked as `key`.
    func original(of key: String) -> String? { originals[key] }

    private func offset(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var index = 0
        while line < mark.line, index < scalars.count {
            if scalars[index] == "\n" { line += 1 }
            index += 1
        }
        index += mark.column - 1
        return line == mark.line && scalars.indices.contains(index) ? index : nil
    }
}
