import SystemPackage

/// One thing that is wrong with a manifest, at the place where a person would correct it.
package struct ManifestProblem: Sendable, Hashable, CustomStringConvertible {
    /// Relative to the current directory when below it; nil when no file is to blame.
    package var file: FilePath?
    /// Counted from 1; the column in Unicode scalars.
    package var line: Int?
    package var column: Int?
    package var message: String
    /// What to do about it.
    package var hint: String?

    package init(
        file: FilePath? = nil, line: Int? = nil, column: Int? = nil, message: String, hint: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
    }

    /// `manifests/a.yaml:3:5: unknown key 'enviroment' in service 'a'; did you mean 'environment'?`
    package var description: String {
        let place = ([file?.string] + [line, column].map { $0.map(String.init) }).compactMap(\.self)
        let text = hint.map { "\(message); \($0)" } ?? message
        return place.isEmpty ? text : "\(place.joined(separator: ":")): \(text)"
    }
}

extension ManifestProblem: Comparable {
    package static func < (left: ManifestProblem, right: ManifestProblem) -> Bool {
        let leftKey = (left.file?.string ?? "", left.line ?? 0, left.column ?? 0, left.message)
        let rightKey = (right.file?.string ?? "", right.line ?? 0, right.column ?? 0, right.message)
        return leftKey < rightKey
    }
}

/// Everything that is wrong with a project's manifests, all at once: never empty, sorted by file, line and column.
package struct ManifestErrors: Error, Sendable, Hashable, CustomStringConvertible {
    package let problems: [ManifestProblem]

    /// Sorts, and drops repetitions (an aliased node is read once per use).
    init(first: ManifestProblem, others: [ManifestProblem] = []) {
        problems = Set([first] + others).sorted()
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
