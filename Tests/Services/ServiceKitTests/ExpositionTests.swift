import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct ExpositionTests {
    @Test func `metrics are well formed whatever their labels are`() {
        let metrics = MetricsRegistry()
        let counter = metrics.counter("things_total", "Things.")
        let histogram = metrics.histogram("seconds", "Times.", buckets: [0.1, 1, 10])
        metrics.gauge("level", "A level.").set(-0.5)
        metrics.gauge("read", "Read when asked.") { 1e21 }
        for text in LogInjectionTests.naughty where text.utf8.count < 1000 {
            counter.increment(["name": text, "other": "x"])
            for value in [0.05, 0.1, 0.5, 5, 50] { histogram.observe(value, ["name": text]) }
        }
        let exposition = Exposition(metrics.text())
        #expect(exposition.violations == [])
        #expect(exposition.samples.contains { $0.labels["name"] == #"\\"# })
        #expect(exposition.samples.contains { $0.name == "seconds_bucket" && $0.labels["le"] == "+Inf" })
    }

    @Test func `a series that is kept is the one that its labels name`() {
        let metrics = MetricsRegistry()
        let histogram = metrics.histogram("seconds", "Times.", buckets: [0.1, 1, 10])
        let series = histogram.series(["path": "/"])
        for value in [0.1, 0.5, 10] { series.observe(value) }
        histogram.observe(11, ["path": "/"])
        histogram.observe(2, ["path": ""])
        #expect(
            metrics.text() == """
                # HELP seconds Times.
                # TYPE seconds histogram
                seconds_bucket{le="0.1"} 0
                seconds_bucket{le="1"} 0
                seconds_bucket{le="10"} 1
                seconds_bucket{le="+Inf"} 1
                seconds_sum 2
                seconds_count 1
                seconds_bucket{path="/",le="0.1"} 1
                seconds_bucket{path="/",le="1"} 2
                seconds_bucket{path="/",le="10"} 3
                seconds_bucket{path="/",le="+Inf"} 4
                seconds_sum{path="/"} 21.6
                seconds_count{path="/"} 4

                """)
    }

    @Test(arguments: [
        "a 1\n", "# HELP a A.\n# TYPE a gauge\na 1", "# HELP a A.\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a A.\n# TYPE a counter\na 1\n", "# TYPE a gauge\na 1\n",
        "# HELP a A.\n# TYPE a gauge\na{b=\"\\x\"} 1\n", "# HELP a A.\n# TYPE a gauge\na{b=\"c\"d\"} 1\n",
        "# HELP a A.\n# TYPE a gauge\na x\n", "# HELP a A.\n# TYPE a gauge\nb 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n",
    ])
    func `the reader takes nothing else`(text: String) {
        #expect(Exposition(text).violations != [])
    }
}
