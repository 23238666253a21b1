import Foundation
import Logging
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct LogFieldsTests {
    @Test func `a field that is not declared is not written, and counted`() throws {
        let logs = LogCapture()
        var logger = logs.logger()
        logger[metadataKey: "token"] = "hunter2"
        let before = LogFields.dropped
        logger.info("seen", metadata: ["password": "hunter2", "status": "200"])
        let event = try #require(try logs.events().first)
        #expect(event["status"] == "200")
        #expect(event["password"] == nil && event["token"] == nil)
        #expect(!logs.lines[0].contains("hunter2"))
        // Other tests count theirs meanwhile.
        #expect(LogFields.dropped >= before + 2)
    }

    @Test func `every field that a service writes is declared`() throws {
        let names = try SourceFields.all()
        #expect(names.isSuperset(of: ["orderId", "upstreamTries", "step", "problems", "durationMs"]))
        #expect(names.filter { !LogFields.declared.contains($0) } == [])
    }
}

/// The names of log fields in the sources of the services: those in literals of metadata, and those that are set one by
/// one.
private enum SourceFields {
    static func all() throws -> Set<String> {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let sources = tests.appending(path: "../../../Sources/Services").standardizedFileURL
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var names: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            names.formUnion(fields(in: try String(contentsOf: file, encoding: .utf8)))
        }
        return names
    }

    private static func fields(in text: String) -> [String] {
        let single = text.matches(of: /(?:notes|fields|metadataKey:)\[?\s*"([A-Za-z]+)"/).map { String($0.1) }
        let literals = text.ranges(of: /metadata: \[|Logger\.Metadata = \[|Logger\.Metadata \{|merging\(\[/)
        return single
            + literals.flatMap { start in
                let body = text[text.index(before: start.upperBound)...]
                return balanced(body).matches(of: /"([A-Za-z]+)":/).map { String($0.1) }
            }
    }

    /// `text` up to the bracket that closes its first one.
    private static func balanced(_ text: Substring) -> Substring {
        var depth = 0
        for index in text.indices {
            if "[{".contains(text[index]) { depth += 1 }
            if "]}".contains(text[index]) { depth -= 1 }
            if depth == 0 { return text[...index] }
        }
        return text
    }
}
