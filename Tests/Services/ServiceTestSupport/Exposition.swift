import Foundation

/// Reads metrics as strictly as the Prometheus text format 0.0.4 is written down, and says what is wrong with them.
package struct Exposition {
    package struct Sample {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    private struct Family {
        var hasHelp = false
        var type: String?
        var samples: [Sample] = []
    }

    package private(set) var violations: [String] = []
    private var families: [String: Family] = [:]
    private var current: String?

    package init(_ text: String) {
        // Byte by byte: in Swift a line feed after a carriage return is another character.
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty != true { violations.append("the last line has no end") }
        for line in lines.dropLast() { read(Substring(line)) }
        for (name, family) in families { check(name, family) }
    }

    package var samples: [Sample] { families.values.flatMap(\.samples) }

    private mutating func read(_ line: Substring) {
        if let match = line.wholeMatch(of: /# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
            let name = String(match.2)
            if name != current, families[name] != nil { violations.append("\(name) is in two places") }
            current = name
            var family = families[name] ?? Family()
            if !family.samples.isEmpty { violations.append("\(name): \(match.1) after samples") }
            if match.1 == "HELP" {
                if family.hasHelp { violations.append("\(name) has HELP twice") }
                family.hasHelp = true
            } else {
                if family.type != nil { violations.append("\(name) has TYPE twice") }
                family.type = String(match.3)
            }
            families[name] = family
        } else if let sample = Self.sample(line) {
            guard let current, ["", "_bucket", "_sum", "_count"].contains(where: { current + $0 == sample.name }) else {
                violations.append("\(sample.name) stands under \(current ?? "nothing")")
                return
            }
            families[current]?.samples.append(sample)
        } else {
            violations.append("no line of this format: \(line)")
        }
    }

    private static func sample(_ line: Substring) -> Sample? {
        let shape = /(?s)([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/.matchingSemantics(.unicodeScalar)
        guard let match = line.wholeMatch(of: shape), let value = Double(match.3.replacing("Inf", with: "inf")) else {
            return nil
        }
        var labels: [String: String] = [:]
        var rest = match.2 ?? ""
        while !rest.isEmpty {
            let label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)",?/.matchingSemantics(.unicodeScalar)
            guard let pair = rest.prefixMatch(of: label), labels[String(pair.1)] == nil else { return nil }
            labels[String(pair.1)] = String(pair.2)
            rest = rest[pair.range.upperBound...]
        }
        return Sample(name: String(match.1), labels: labels, value: value)
    }

    private mutating func check(_ name: String, _ family: Family) {
        guard family.hasHelp, let type = family.type else { return violations.append("\(name) lacks HELP or TYPE") }
        let keys = family.samples.map { "\($0.name)\($0.labels.sorted { $0.key < $1.key })" }
        if Set(keys).count != keys.count { violations.append("\(name) has a series twice") }
        switch type {
        case "counter": if !name.hasSuffix("_total") { violations.append("\(name) is a counter and not a _total") }
        case "gauge": break
        case "histogram": checkHistogram(name, family.samples)
        default: violations.append("\(name) is a \(type)")
        }
    }

    /// Buckets in rising order that cumulate up to the count.
    private mutating func checkHistogram(_ name: String, _ samples: [Sample]) {
        let series = Dictionary(grouping: samples) { $0.labels.filter { $0.key != "le" } }
        for (labels, samples) in series {
            let buckets = samples.filter { $0.name == "\(name)_bucket" }
            let bounds = buckets.compactMap { $0.labels["le"]?.replacing("Inf", with: "inf") }.compactMap(Double.init)
            let count = samples.first { $0.name == "\(name)_count" }?.value
            let isWhole = bounds.count == buckets.count && bounds.last == .infinity && buckets.last?.value == count
            let rises = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
            let cumulates = zip(buckets, buckets.dropFirst()).allSatisfy { $0.value <= $1.value }
            let hasSum = samples.contains { $0.name == "\(name)_sum" }
            if !(isWhole && rises && cumulates && hasSum && count != nil) {
                violations.append("\(name)\(labels) is no histogram")
            }
        }
    }
}
