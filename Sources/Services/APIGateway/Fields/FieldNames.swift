/// Names of header fields, compared as RFC 9110 section 5.1 has it: ASCII, in any case. Without a copy of the name in lower
/// case, and mostly by its length and first letter alone, since every field of every request is asked about.
struct FieldNames: Sendable {
    /// In lower case, by their length.
    private let names: [[[UInt8]]]
    /// In lower case: what such names begin with.
    private let prefixes: [[UInt8]]
    /// By length: a bit for each letter that a name of that length begins with.
    private let firstLetters: [UInt32]
    /// A bit for each letter that a prefix begins with.
    private let firstOfPrefixes: UInt32

    /// - Parameters:
    ///   - names: in lower case, beginning with a letter.
    ///   - prefixes: likewise; a name that begins so is among them.
    init(_ names: [String], prefixes: [String] = []) {
        let longest = names.map(\.utf8.count).max() ?? 0
        self.names = (0...longest).map { length in names.filter { $0.utf8.count == length }.map { Array($0.utf8) } }
        self.prefixes = prefixes.map { Array($0.utf8) }
        firstLetters = self.names.map { $0.reduce(0) { $0 | Self.bit($1[0]) } }
        firstOfPrefixes = self.prefixes.reduce(0) { $0 | Self.bit($1[0]) }
    }

    func contains(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            guard let first = bytes.first else { return false }
            let letter = Self.bit(first)
            if bytes.count < firstLetters.count, firstLetters[bytes.count] & letter != 0,
                names[bytes.count].contains(where: { Self.begins(bytes, with: $0) })
            {
                return true
            }
            return firstOfPrefixes & letter != 0
                && prefixes.contains { $0.count <= bytes.count && Self.begins(bytes, with: $0) }
        }
    }

    /// Whether the two are one name.
    ///
    /// - Parameter other: in lower case.
    static func areSame(_ name: String, _ other: StaticString) -> Bool {
        guard name.utf8.count == other.utf8CodeUnitCount else { return false }
        var name = name
        return name.withUTF8 { bytes in
            let start = other.utf8Start
            for index in bytes.indices where lower(bytes[index]) != start[index] { return false }
            return true
        }
    }

    private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, with start: [UInt8]) -> Bool {
        for index in start.indices where lower(bytes[index]) != start[index] { return false }
        return true
    }

    /// Of a letter; the others share one with some letter, which is then looked at in whole.
    private static func bit(_ byte: UInt8) -> UInt32 { 1 << UInt32(byte & 0x1F) }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
