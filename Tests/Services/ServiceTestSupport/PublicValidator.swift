import Foundation
import ServiceKit
import Testing

/// Python's openapi-spec-validator, if this machine has it: `make test` sees to that where it can.
package enum PublicValidator {
    fileprivate static let isInstalled = (try? run(["-c", "import openapi_spec_validator"]))?.code == 0

    /// What it says of a document; nil when it finds nothing wrong.
    package static func complaint(about document: JSONValue) throws -> String? {
        let directory = try TemporaryDirectory()
        let file = try directory.write("openapi.json", String(decoding: JSONWriter.bytes(of: document), as: UTF8.self))
        let (code, output) = try run(["-m", "openapi_spec_validator", file])
        return code == 0 ? nil : output
    }

    private static func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
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
    /// Runs only where the public validator is, and says so where it is not.
    package static var needsPublicValidator: Self {
        .enabled(if: PublicValidator.isInstalled, "NOT PROVED HERE: openapi-spec-validator is not installed")
    }
}
