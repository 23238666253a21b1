import Foundation
import LogStore
import Testing

/// What docs/log-fields.md promises, held against the scanner: every name, every level, every example.
@Suite struct FieldsDocumentTests {
    @Test func `every name is read, as one key, within objects and in logfmt`() throws {
        var count = 0
        for row in try FieldsDocument().table("Names in JSON and logfmt") {
            for name in FieldsDocument.words(row[1]) {
                count += 1
                try check(row[0], name)
            }
        }
        #expect(count > 50)
    }

    private func check(_ field: String, _ name: String) throws {
        let value: String
        let found: (ScannedLine) -> Bool
        switch field {
        case "time": (value, found) = ("2025-06-01T12:34:56Z", { $0.time == "2025-06-01T12:34:56.000Z" })
        case "level": (value, found) = ("warn", { $0.level == .warning })
        case "level, as a number from 1 to 24": (value, found) = ("17", { $0.level == .error })
        case "message": (value, found) = ("hello", { $0.message == "hello" })
        case "trace": (value, found) = ("4bf9", { $0.trace == "4bf9" })
        case "span": (value, found) = ("00f0", { $0.span == "00f0" })
        case "request": (value, found) = ("r-1", { $0.request == "r-1" })
        default:
            Issue.record("the document has a field \(field) that no test knows")
            return
        }
        #expect(found(ScannedLine(#"{"a":1,"\#(name)":"\#(value)"}"#)), "\(name)")
        #expect(found(ScannedLine("level=warn \(name)=\(value)")) || field.hasPrefix("level,"), "\(name) in logfmt")
        let parts = name.split(separator: ".")
        guard parts.count > 1 else { return }
        let nested = parts.dropLast().map { #"{"\#($0)":"# }.joined()
        let object =
            nested + #"{"\#(parts[parts.count - 1])":"\#(value)"}"# + String(repeating: "}", count: parts.count - 1)
        #expect(found(ScannedLine(object)), "\(object)")
    }

    @Test func `every example of text has the time and the level that are promised`() throws {
        let rows = try FieldsDocument().table("Heads of text")
        #expect(rows.count > 10)
        for row in rows {
            for example in FieldsDocument.words(row[1]) {
                let line = ScannedLine(example)
                #expect((line.fields.time != nil) == !row[2].hasPrefix("no"), "\(example)")
                #expect((line.level != nil) == !row[3].hasPrefix("no"), "\(example)")
            }
        }
    }

    @Test func `every word and every number of a level is read as that level`() throws {
        let rows = try FieldsDocument().table("Levels")
        #expect(rows.map(\.[0]) == LogLevel.allCases.map(\.name))
        for (row, level) in zip(rows, LogLevel.allCases) {
            for word in FieldsDocument.words(row[1]) {
                for spelled in [word, word.uppercased(), word.capitalized] {
                    #expect(ScannedLine(#"{"level":"\#(spelled)"}"#).level == level, "\(spelled)")
                }
            }
            for word in FieldsDocument.words(row[2]) {
                #expect(ScannedLine(#"{"level":"\#(word)","msg":"m"}"#).level == level, "\(word)")
                #expect(ScannedLine("level=\(word) msg=m").level == level, "\(word)")
            }
            for number in FieldsDocument.numbers(row[3]) {
                #expect(ScannedLine(#"{"level":\#(number)}"#).level == level, "\(number)")
            }
            for number in FieldsDocument.numbers(row[4]) {
                #expect(ScannedLine(#"{"severityNumber":\#(number)}"#).level == level, "\(number)")
            }
            for prefix in FieldsDocument.words(row[5]) { #expect(ScannedLine(prefix + "message").level == level) }
            for word in FieldsDocument.words(row[6]) {
                #expect(ScannedLine("\(word): message").level == level, "\(word)")
                #expect(ScannedLine(#"{"level":"\#(word)"}"#).level == nil, "\(word)")
            }
        }
    }

    @Test(arguments: ["INFORMATION: message", "panic: message", "http: message", "HTTP: message", "[http] message"])
    func `what does not count in text does not`(_ line: String) {
        #expect(ScannedLine(line).level == nil)
    }
}
