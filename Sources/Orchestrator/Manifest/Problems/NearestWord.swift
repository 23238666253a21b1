/// Finds the word a person most likely meant.
package enum NearestWord {
    /// The known word within two edits (one for words of up to three letters), else one that begins with `word` or that
    /// `word` begins with.
    static func to(_ word: String, in known: some Sequence<String>) -> String? {
        let given = Array(word.lowercased())
        let near =
            known.map { (word: $0, distance: distance(given, Array($0.lowercased()))) }
            .filter { $0.distance <= (given.count <= 3 ? 1 : 2) && $0.distance < given.count }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        if let near { return near.word }
        guard given.count >= 3 else { return nil }
        return known.filter { $0.count >= 3 && ($0.hasPrefix(word.lowercased()) || word.lowercased().hasPrefix($0)) }
            .min { ($0.count, $0) < ($1.count, $1) }
    }

    /// As a hint: `did you mean 'environment'?`
    package static func hint(for word: String, in known: some Sequence<String>) -> String? {
        to(word, in: known).map { "did you mean '\($0)'?" }
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
    static func distance(_ from: [Character], _ to: [Character]) -> Int {
        // Words this different are no typos; the table below stays small whatever is in the file.
        guard abs(from.count - to.count) <= 2, from.count <= 64 else { return Int.max }
        guard !from.isEmpty, !to.isEmpty else { return max(from.count, to.count) }
        var rows = [Array(0...to.count)]
        for i in 1...from.count {
            var row = [i]
            for j in 1...to.count {
                let replaced = rows[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)
                var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, replaced)
                if i > 1, j > 1, from[i - 1] == to[j - 2], from[i - 2] == to[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[from.count][to.count]
    }
}
