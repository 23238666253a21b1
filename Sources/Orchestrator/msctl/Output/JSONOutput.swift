import FoundationEssentials

/// Every JSON that the command line prints of its own: keys sorted, slashes as they are.
enum JSONOutput {
    /// For documents: indented.
    static func document(_ value: some Encodable) -> String { text(value, [.prettyPrinted]) }

    /// For streams and errors: one line.
    static func line(_ value: some Encodable) -> String { text(value, []) }

    private static func text(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // Only a number that is not finite cannot be encoded, and no shape of ours has one.
            preconditionFailure("cannot encode \(type(of: value)): \(error)")
        }
    }
}
