/// One metric with its samples, in the terms of Prometheus.
struct Metric {
    enum Kind: String {
        case counter, gauge, histogram
    }
    struct Label {
        let name: String
        let value: String
    }
    struct Sample {
        /// What a histogram's samples have behind the metric's name.
        var suffix = ""
        let labels: [Label]
        let value: Double
    }

    let name: String
    let type: Kind
    /// One sentence.
    let help: String
    private(set) var samples: [Sample] = []

    init(_ name: String, _ type: Kind, _ help: String) {
        self.name = name
        self.type = type
        self.help = help
    }

    mutating func add(_ value: Double, _ labels: [Label]) {
        samples.append(Sample(labels: labels, value: value))
    }

    /// The samples of one histogram.
    /// - Parameters:
    ///   - bounds: the upper bounds of all buckets but the last, which has none.
    ///   - buckets: how many values each bucket holds, not counting those of the ones before.
    mutating func add(bounds: [Double], buckets: [Int], sum: Double, _ labels: [Label]) {
        var count = 0
        for (bound, values) in zip(bounds + [.infinity], buckets) {
            count += values
            let le = Label(name: "le", value: PrometheusText.number(bound))
            samples.append(Sample(suffix: "_bucket", labels: labels + [le], value: Double(count)))
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: sum))
        samples.append(Sample(suffix: "_count", labels: labels, value: Double(count)))
    }
}
