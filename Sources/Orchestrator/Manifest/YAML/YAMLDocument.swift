import SystemPackage
import Yams

/// Reads the one YAML document of a manifest and reports what is wrong with it as YAML.
struct YAMLDocument {
    /// As problems show it.
    let file: FilePath
    let findings: Findings

    /// nil when the text is empty or unusable; the latter has been reported.
    func read(_ text: String) -> ManifestNode? {
        var duplicates = DuplicateKeys()
        var text = text
        while true {
            do {
                // The basic resolver leaves every scalar a string; Yams' own would read 0755 as octal and 1:30 as 90.
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.nextRoot() else { return nil }
                if let second = try parser.nextRoot() {
                    findings.report(
                        "a manifest is one YAML document, and here begins another", at: place(second.mark),
                        hint: "use one file for each")
                    return nil
                }
                var conversion = YAMLConversion(file: file, findings: findings, duplicates: duplicates)
                return conversion.convert(root)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                // Yams stops at the first pair of equal keys. One of them is masked and the text read again, so that
                // all are found, each with its own place.
                guard let masked = duplicates.mask(keys.min() ?? "", at: context.mark, in: text) else {
                    findings.report("duplicate key '\(keys.min() ?? "")'", at: place(context.mark))
                    return nil
                }
                text = masked
            } catch {
                report(error, in: text)
                return nil
            }
        }
    }

    private func report(_ error: any Error, in text: String) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let story = context.map { $0.text.isEmpty ? problem : "\(problem) \($0.text)" } ?? problem
            let tab = scalar(at: mark, in: text) == "\t"
            findings.report(
                "invalid YAML: \(story)", at: place(mark), hint: tab ? "indent with spaces, not tabs" : nil)
        case YamlError.reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.split(separator: "\n", omittingEmptySubsequences: false).last?.unicodeScalars.count ?? 0
            findings.report(
                "invalid YAML: \(problem)", at: Place(file: file, line: line, column: column + 1))
        default:
            findings.report("invalid YAML: \(error)", at: Place(file: file, line: 1, column: 1))
        }
    }

    private func scalar(at mark: Mark, in text: String) -> Unicode.Scalar? {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].dropFirst(mark.column - 1).first
    }

    private func place(_ mark: Mark?) -> Place {
        Place(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}
