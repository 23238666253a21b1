import Foundation
import Testing

/// What others have made to prove things with: a program, or a set of test vectors. They are not ours to ship; each is
/// at its path in `.build/references` when `Tests/fetch-references` could have it.
package enum Reference: String, Sendable {
    /// The tests of the Python Cryptographic Authority's bcrypt, with its vectors.
    case bcryptVectors = "bcrypt/tests/test_bcrypt.py"
    /// Sets the clock that a process sees.
    case faketime = "libfaketime/libfaketimeMT.so.1"
    case httplint = "python/bin/httplint"
    case jsonTestSuite = "pyjson5/third-party/JSONTestSuite/test_parsing"
    case openAPIValidator = "python/bin/openapi-spec-validator"
    case promtool = "prometheus/usr/bin/promtool"

    private static let directory = URL(filePath: #filePath).appending(path: "../../../.build/references")
        .standardized

    package var path: String { Self.directory.appending(path: rawValue).path(percentEncoded: false) }

    fileprivate var isHere: Bool { FileManager.default.fileExists(atPath: path) }

    /// Runs Python where the packages are that are written in it.
    package static func python(_ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = directory.appending(path: "python/bin/python")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs only where the reference is, and says so where it is not.
    package static func needs(_ reference: Reference) -> Self {
        .enabled(if: reference.isHere, "NOT PROVED HERE: there is no .build/references/\(reference.rawValue)")
    }
}
