import Synchronization

/// One metric name with a series for each combination of labels.
final class MetricFamily: Sendable {
    enum Kind: Sendable {
        case counter
        case gauge
        case observed(@Sendable () -> Double)
        case observedTotal(@Sendable () -> Double)
        case histogram([Double])
    }

    struct Series {
        let names: [String]
        var value = 0.0
    }

    private struct Distribution {
        let names: [String]
        let series: HistogramSeries
    }

    let name: String
    let help: String
    let kind: Kind
    /// By the values of the labels; their names follow from the place that measures.
    private let series = Mutex<[[String]: Series]>([:])
    /// Of a histogram, likewise.
    private let distributions = Mutex<[[String]: Distribution]>([:])

    init(name: String, help: String, kind: Kind) {
        self.name = name
        self.help = help
        self.kind = kind
    }

    func change(_ labels: KeyValuePairs<String, String>, _ body: (inout Series) -> Void) {
        let values = labels.map(\.value)
        series.withLock { all in
            body(&all[values, default: Series(names: labels.map(\.key))])
        }
    }

    /// What a histogram has of these labels.
    func distribution(_ labels: KeyValuePairs<String, String>) -> HistogramSeries {
        guard case .histogram(let bounds) = kind else { preconditionFailure("\(name) is no histogram") }
        let values = labels.map(\.value)
        return distributions.withLock { all in
            if let known = all[values] { return known.series }
            let series = HistogramSeries(bounds: bounds)
            all[values] = Distribution(names: labels.map(\.key), series: series)
            return series
        }
    }

    func write(to text: inout String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(typeName)\n"
        switch kind {
        case .observed(let read), .observedTotal(let read):
            text += "\(name) \(Self.number(read()))\n"
        case .counter, .gauge:
            let written = series.withLock(\.self).map { (labels: Self.labels($1.names, $0), value: $1.value) }
            for (labels, value) in written.sorted(by: { $0.labels < $1.labels }) {
                text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(value))\n"
            }
        case .histogram(let bounds):
            let written = distributions.withLock(\.self).map {
                (labels: Self.labels($1.names, $0), numbers: $1.series.current)
            }
            for (labels, numbers) in written.sorted(by: { $0.labels < $1.labels }) {
                write(labels, numbers, bounds, to: &text)
            }
        }
    }

    private func write(_ labels: String, _ numbers: HistogramSeries.Numbers, _ bounds: [Double], to text: inout String)
    {
        let prefix = labels.isEmpty ? "" : "\(labels),"
        var cumulated = 0
        for (bound, count) in zip(bounds, numbers.buckets) {
            cumulated += count
            text += "\(name)_bucket{\(prefix)le=\"\(Self.number(bound))\"} \(cumulated)\n"
        }
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(numbers.count)\n"
        text += "\(name)_sum\(braces) \(Self.number(numbers.sum))\n"
        text += "\(name)_count\(braces) \(numbers.count)\n"
    }

    private var typeName: String {
        switch kind {
        case .counter, .observedTotal: "counter"
        case .gauge, .observed: "gauge"
        case .histogram: "histogram"
        }
    }

    /// A label without a value is as good as none.
    private static func labels(_ names: [String], _ values: [String]) -> String {
        zip(names, values).filter { !$1.isEmpty }.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? String(value)
    }

    /// Byte by byte: in Swift a line feed after a carriage return is another character.
    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { "\\\"\n".utf8.contains($0) }) else { return value }
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
