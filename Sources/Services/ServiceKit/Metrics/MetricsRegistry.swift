import Synchronization

/// All metrics of a process, written in the Prometheus text format (version 0.0.4).
package final class MetricsRegistry: Sendable {
    private let families = Mutex<[MetricFamily]>([])

    package init() {}

    /// A sum that only grows; its name ends in `_total`.
    package func counter(_ name: String, _ help: String) -> Counter {
        Counter(family: add(MetricFamily(name: name, help: help, kind: .counter)))
    }

    /// A sum that somebody else keeps, read when the metrics are.
    package func counter(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
        _ = add(MetricFamily(name: name, help: help, kind: .observedTotal(read)))
    }

    /// A value that goes up and down, set by whoever knows it.
    package func gauge(_ name: String, _ help: String) -> Gauge {
        Gauge(family: add(MetricFamily(name: name, help: help, kind: .gauge)))
    }

    /// A value read when the metrics are.
    package func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
        _ = add(MetricFamily(name: name, help: help, kind: .observed(read)))
    }

    /// How values are distributed; `buckets` are inclusive upper bounds in rising order.
    package func histogram(_ name: String, _ help: String, buckets: [Double]) -> Histogram {
        Histogram(family: add(MetricFamily(name: name, help: help, kind: .histogram(buckets))))
    }

    /// The exposition text.
    package func text() -> String {
        var text = ""
        for family in families.withLock(\.self) { family.write(to: &text) }
        return text
    }

    private func add(_ family: MetricFamily) -> MetricFamily {
        families.withLock { $0.append(family) }
        return family
    }
}

/// A sum that only grows.
package struct Counter: Sendable {
    fileprivate let family: MetricFamily

    package func increment(by amount: Double = 1, _ labels: KeyValuePairs<String, String> = [:]) {
        family.change(labels) { $0.value += amount }
    }
}

/// A value that goes up and down.
package struct Gauge: Sendable {
    fileprivate let family: MetricFamily

    package func set(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        family.change(labels) { $0.value = value }
    }
}

/// A distribution in buckets.
package struct Histogram: Sendable {
    fileprivate let family: MetricFamily

    package func observe(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        series(labels).observe(value)
    }

    /// The series of these labels, for whoever has values for it again and again. It is written from now on.
    package func series(_ labels: KeyValuePairs<String, String>) -> HistogramSeries {
        family.distribution(labels)
    }

    /// Bounds in seconds that OpenTelemetry advises for `http.server.request.duration`.
    package static let requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
}
