import SystemPackage

/// A position in a manifest; `file` is the path as problems show it.
struct Place: Sendable, Hashable, CustomStringConvertible {
    var file: FilePath
    var line: Int
    var column: Int

    var description: String { "\(file):\(line):\(column)" }
}

/// Collects what is wrong and what is odd while manifests are read, so that everything is told at once.
///
/// One load owns one of these and passes it down; it never leaves that load.
final class Findings {
    private(set) var problems: [ManifestProblem] = []
    private var collectedWarnings: Set<ManifestProblem> = []

    var warnings: [ManifestProblem] { collectedWarnings.sorted() }

    func report(_ message: String, at place: Place?, hint: String? = nil) {
        problems.append(problem(message, at: place, hint: hint))
    }

    /// For what is wrong with a file as a whole.
    func report(_ message: String, in file: FilePath) {
        problems.append(ManifestProblem(file: file, message: message))
    }

    func warn(_ message: String, at place: Place?, hint: String? = nil) {
        collectedWarnings.insert(problem(message, at: place, hint: hint))
    }

    /// Throws what was reported, if anything was.
    func check() throws(ManifestErrors) {
        guard let first = problems.first else { return }
        throw ManifestErrors(first: first, others: Array(problems.dropFirst()))
    }

    private func problem(_ message: String, at place: Place?, hint: String?) -> ManifestProblem {
        ManifestProblem(file: place?.file, line: place?.line, column: place?.column, message: message, hint: hint)
    }
}
