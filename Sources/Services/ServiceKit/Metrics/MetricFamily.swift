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
        var count = 0
        /// How many values fell into each bucket, not cumulated.
        var buckets: [Int]
    }

    let name: String
    let help: String
    let kind: Kind
    /// By the values of the labels; their names follow from the place that measures.
    private let series = Mutex<[[String]: Series]>([:])

    init(name: String, help: String, kind: Kind) {
        self.name = name
        self.help = help
        self.kind = kind
    }

    var buckets: [Double] {
        if case .histogram(let bounds) = kind { bounds } else { [] }
    }

    func change(_ labels: KeyValuePairs<String, String>, _ body: (inout Series) -> Void) {
        let values = labels.map(\.value)
        series.withLock { all in
            let first = { Series(names: labels.map(\.key), buckets: Array(repeating: 0, count: self.buckets.count)) }
            body(&all[values, default: first()])
        }
    }

    func write(to text: inout String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(typeName)\n"
        switch kind {
        case .observed(let read), .observedTotal(let read):
            text += "\(name) \(Self.number(read()))\n"
            return
        case .counter, .gauge, .histogram: break
        }
        let written = series.withLock(\.self).map { (labels: Self.labels($1.names, $0), series: $1) }
        for (labels, series) in written.sorted(by: { $0.labels < $1.labels }) {
            if case .histogram(let bounds) = kind {
                write(labels, series, bounds, to: &text)
            } else {
                text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(series.value))\n"
            }
        }
    }

    private func write(_ labels: String, _ series: Series, _ bounds: [Double], to text: inout String) {
        let prefix = labels.isEmpty ? "" : "\(labels),"
        var cumulated = 0
        for (bound, count) in zip(bounds, series.buckets) {
            cumulated += count
            text += "\(name)_bucket{\(prefix)le=\"\(Self.number(bound))\"} \(cumulated)\n"
        }
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(series.count)\n"
        text += "\(name)_sum\(braces) \(Self.number(series.value))\n"
        text += "\(name)_count\(braces) \(series.count)\n"
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
