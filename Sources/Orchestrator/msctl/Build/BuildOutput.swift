/// What of a build's output explains its failure.
enum BuildOutput {
    private static let mostLines = 120

    /// The lines from the first error on, without progress; all that is no progress when nothing is called an error.
    static func errors(in lines: [String]) -> [String] {
        let talk = lines.filter { !isProgress($0) }
        let start = talk.firstIndex { $0.contains("error:") } ?? talk.startIndex
        let errors = unique(talk[start...])
        guard errors.count > mostLines else { return errors }
        return errors.prefix(mostLines) + ["… and \(errors.count - mostLines) more lines"]
    }

    /// `[12/345] Compiling …` and its like.
    static func isProgress(_ line: String) -> Bool {
        line.isEmpty || line.hasPrefix("[") && line.dropFirst().prefix { $0 != "]" }.contains("/")
            || line.hasPrefix("Building for ") || line.hasPrefix("Build of ")
    }

    /// The compiler's errors come once for the module and once for the file.
    private static func unique(_ lines: ArraySlice<String>) -> [String] {
        var seen: Set<String> = []
        return lines.filter { !$0.contains("error:") || seen.insert($0).inserted }
    }
}
