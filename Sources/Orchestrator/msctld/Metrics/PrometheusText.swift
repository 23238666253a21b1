/// The text format of Prometheus, version 0.0.4: for each metric what it is, of which type, and its samples, one a line.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A metric without samples is left out.
    static func rendered(_ metrics: [Metric]) -> String {
        var text = ""
        for metric in metrics where !metric.samples.isEmpty {
            text += "# HELP \(metric.name) \(escaped(metric.help, quotes: false))\n"
            text += "# TYPE \(metric.name) \(metric.type.rawValue)\n"
            for sample in metric.samples { append(sample, of: metric, to: &text) }
        }
        return text
    }

    private static func append(_ sample: Metric.Sample, of metric: Metric, to text: inout String) {
        text += metric.name
        text += sample.suffix
        for (index, label) in sample.labels.enumerated() {
            text += index == 0 ? "{" : ","
            text += "\(label.name)=\"\(escaped(label.value, quotes: true))\""
        }
        text += sample.labels.isEmpty ? " " : "} "
        text += number(sample.value)
        text += "\n"
    }

    /// Backslashes and newlines, in values of labels quotes too, are written with a backslash.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || (quotes && $0 == 0x22) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// As Go reads it; whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { String($0) } ?? "\(value)"
    }
}
