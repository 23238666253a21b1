import References
import ServiceKit

/// Python's openapi-spec-validator.
package enum PublicValidator {
    /// What it says of a document; nil when it finds nothing wrong.
    package static func complaint(about document: JSONValue) throws -> String? {
        let directory = try TemporaryDirectory()
        let file = try directory.write("openapi.json", String(decoding: JSONWriter.bytes(of: document), as: UTF8.self))
        let (code, output) = try Reference.python(["-m", "openapi_spec_validator", file])
        return code == 0 ? nil : output
    }
}
