import Testing

@testable import msctld

@Suite struct PrometheusTextTests {
    @Test func `a metric says what it is, of which type, and its samples`() {
        var lines = Metric("log_lines_total", .counter, "Lines.")
        lines.add(3, [.init(name: "service", value: "web"), .init(name: "instance", value: "web.1")])
        lines.add(0.25, [])
        #expect(
            PrometheusText.rendered([lines]) == """
                # HELP log_lines_total Lines.
                # TYPE log_lines_total counter
                log_lines_total{service="web",instance="web.1"} 3
                log_lines_total 0.25

                """)
    }

    @Test func `a metric without samples is left out`() {
        #expect(PrometheusText.rendered([Metric("nothing", .gauge, "Nothing.")]).isEmpty)
    }

    @Test func `backslashes, quotes and newlines of labels are escaped, and in a help no quotes`() {
        var metric = Metric("a", .gauge, "One \\ two \" three\nfour.")
        metric.add(1, [.init(name: "name", value: "C:\\x \"y\"\né")])
        #expect(
            PrometheusText.rendered([metric]) == #"""
                # HELP a One \\ two " three\nfour.
                # TYPE a gauge
                a{name="C:\\x \"y\"\né"} 1

                """#)
    }

    @Test(arguments: [
        (0.0, "0"), (-2, "-2"), (1_795_443_599.25, "1795443599.25"), (9e15, "9000000000000000"), (1e-05, "1e-05"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func `numbers are as Go reads them`(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test func `a histogram's buckets hold all that is not above them`() {
        var metric = Metric("d", .histogram, "D.")
        metric.add(bounds: [0.1, 1], buckets: [2, 0, 1], sum: 7.5, [.init(name: "kind", value: "k")])
        #expect(
            PrometheusText.rendered([metric]) == """
                # HELP d D.
                # TYPE d histogram
                d_bucket{kind="k",le="0.1"} 2
                d_bucket{kind="k",le="1"} 2
                d_bucket{kind="k",le="+Inf"} 3
                d_sum{kind="k"} 7.5
                d_count{kind="k"} 3

                """)
    }
}
