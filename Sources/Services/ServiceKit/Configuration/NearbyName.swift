/// Finds the name that was meant by one that is misspelled.
enum NearbyName {
    /// The nearest of `names` that `name` may have been meant for: at most two letters lost, added, replaced or
    /// swapped; of names up to six letters one, since HOME is not a misspelling of HOST.
    static func nearest(to name: String, among names: Set<String>) -> String? {
        let written = Array(name.uppercased().replacing("-", with: "_").utf8)
        let candidates = names.sorted().map { known in
            (name: known, distance: distance(written, Array(known.utf8)), limit: known.utf8.count > 6 ? 2 : 1)
        }
        return candidates.filter { $0.distance <= $0.limit }.min { $0.distance < $1.distance }?.name
    }

    /// The optimal string alignment distance.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard abs(left.count - right.count) <= 2 else { return 3 }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var best = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
