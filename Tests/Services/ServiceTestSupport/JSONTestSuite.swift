import Foundation
import References

/// Nicolas Seriot's JSONTestSuite: documents by name, and what a parser has to do with each.
package struct JSONTestSuite {
    package typealias Documents = [String: [UInt8]]

    /// Refused by every parser.
    package let invalid: Documents
    /// Taken by every parser.
    package let valid: Documents
    /// What RFC 8259 leaves to the parser.
    package let undecided: Documents

    package init() throws {
        let directory = Reference.jsonTestSuite.path
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        func documents(_ prefix: String) throws -> Documents {
            try names.filter { $0.hasPrefix(prefix) }.reduce(into: [:]) { documents, name in
                documents[name] = [UInt8](try Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
            }
        }
        invalid = try documents("n_")
        valid = try documents("y_")
        undecided = try documents("i_")
    }
}
