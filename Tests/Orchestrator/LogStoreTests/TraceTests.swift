import LogStore
import StateDirectory
import Testing

@Suite struct TraceTests {
    /// A line of a span; `at` in ms.
    private func line(
        _ at: Double, _ span: String, _ message: String, level: String = "info", parent: String? = nil,
        trace: String = "t1",
        _ more: String = ""
    ) -> String {
        let parent = parent.map { #","parentSpanId":"\#($0)""# } ?? ""
        return record(at / 1000, level, message, #","traceId":"\#(trace)","spanId":"\#(span)"\#(parent)\#(more)"#)
    }

    private func timeline(_ state: ScratchState, _ id: String = "t1") throws -> TraceTimeline {
        try #require(TraceTimeline(TraceSearch.find(id, in: state.reader).lines))
    }

    /// gateway 0–100, in it users 10–20 and orders 20–90, in that stock 30–70.
    private func shop(parents: Bool) throws -> ScratchState {
        let state = try ScratchState()
        func parent(_ id: String) -> String? { parents ? id : nil }
        func done(_ path: String, _ milliseconds: Int, _ status: Int = 200) -> String {
            #","method":"POST","path":"\#(path)","status":\#(status),"durationMs":\#(milliseconds)"#
        }
        try state.run(
            of: "gateway",
            out: line(1, "g", "asked") + line(100, "g", "request", done("/api/orders", 100, 201))
                + line(500, "x", "other", trace: "t2", done("/", 3)))
        try state.run(of: "users", out: line(20, "u", "request", parent: parent("g"), done("/me", 10)))
        try state.run(
            of: "orders",
            out: line(25, "o", "order made", parent: parent("g"), #","orderId":"order-7""#)
                + line(90, "o", "request", parent: parent("g"), done("/orders", 70)))
        try state.run(
            of: "stock", out: line(70, "s", "request", level: "error", parent: parent("o"), done("/reserve", 40, 503)))
        return state
    }

    @Test(arguments: [true, false])
    func `spans stand below their callers, whether services name those or not`(parents: Bool) throws {
        let timeline = try timeline(shop(parents: parents))
        #expect(timeline.rows.map(\.span.id) == ["g", "u", "o", "s"])
        #expect(timeline.rows.map(\.depth) == [0, 1, 1, 2])
        #expect(timeline.rows.map { $0.span.duration / .milliseconds(1) } == [100, 10, 70, 40])
        #expect(timeline.rows.map(\.span.name) == ["POST /api/orders", "POST /me", "POST /orders", "POST /reserve"])
        #expect(timeline.rows.map(\.span.isFailed) == [false, false, false, true])
        #expect(timeline.rows.map(\.span.status) == [201, 200, 200, 503])
    }

    @Test func `the critical path adds up to the whole`() throws {
        let timeline = try timeline(shop(parents: true))
        #expect(timeline.duration == .milliseconds(100))
        // 0–10 and 90–100 in the gateway, 10–20 users, 20–30 and 70–90 orders, 30–70 stock.
        #expect(timeline.rows.map { $0.critical / .milliseconds(1) } == [20, 10, 30, 40])
    }

    @Test func `what runs beside something longer is not on the critical path`() throws {
        let state = try ScratchState()
        try state.run(of: "a", out: line(100, "a", "request", #","durationMs":100"#))
        try state.run(of: "b", out: line(80, "b", "request", parent: "a", #","durationMs":70"#))
        try state.run(of: "c", out: line(60, "c", "request", parent: "a", #","durationMs":30"#))
        let timeline = try timeline(state)
        #expect(timeline.rows.map(\.span.id) == ["a", "b", "c"])
        #expect(timeline.rows.map { $0.critical / .milliseconds(1) } == [30, 70, 0])
    }

    @Test func `stretches in which nobody said anything are named`() throws {
        let gaps = try timeline(shop(parents: true)).gaps
        #expect(gaps.map { $0.duration / .milliseconds(1) } == [19, 45, 20, 10])
        #expect(gaps.map(\.instance.service) == ["gateway", "orders", "stock", "orders"])
    }

    @Test func `an order leads to the trace that made it`() throws {
        let state = try shop(parents: true)
        let search = try TraceSearch.find("order-7", in: state.reader)
        #expect(search.traceIDs == ["t1"])
        #expect(search.lines.count == 6)
    }

    @Test func `an id that only occurs within others finds nothing`() throws {
        let state = try shop(parents: true)
        #expect(try TraceSearch.find("order", in: state.reader).lines.isEmpty)
        #expect(try TraceSearch.find("t.", in: state.reader).lines.isEmpty)
        #expect(TraceTimeline([]) == nil)
    }

    @Test func `text without records counts by its words`() throws {
        let state = try ScratchState()
        try state.run(of: "a", out: "order=order-9 paid\norder-99 not\n")
        #expect(try TraceSearch.find("order-9", in: state.reader).lines.map(\.text) == ["order=order-9 paid"])
    }

    @Test func `callers that go round in a circle end`() throws {
        let state = try ScratchState()
        try state.run(
            of: "a",
            out: line(1, "a", "x", parent: "b") + line(2, "b", "y", parent: "a") + line(3, "c", "z", parent: "c"))
        #expect(Set(try timeline(state).rows.map(\.span.id)) == ["a", "b", "c"])
    }

    @Test(.timeLimit(.minutes(1))) func `two services that write one span id are two rows`() throws {
        let state = try ScratchState()
        try state.run(of: "gateway", out: line(0, "x", "asked") + line(100, "x", "answered"))
        try state.run(of: "users", out: line(10, "x", "got it") + line(90, "x", "done"))
        let timeline = try timeline(state)
        #expect(timeline.rows.map(\.span.instance.service) == ["gateway", "users"])
        #expect(timeline.rows.map(\.depth) == [0, 1])
        #expect(timeline.rows.map(\.parent) == [nil, 0])
        #expect(timeline.rows.map { $0.critical / .milliseconds(1) } == [20, 80])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a called service that shares its caller's span stands below it, beside nobody`() throws {
        let state = try ScratchState()
        try state.run(
            of: "gateway",
            out: line(0, "p", "asked") + line(5, "x", "calls", parent: "p") + line(95, "x", "called", parent: "p")
                + line(100, "p", "answered"))
        try state.run(of: "users", out: line(10, "x", "got it", parent: "p") + line(90, "x", "done", parent: "p"))
        let rows = try timeline(state).rows
        #expect(rows.map(\.span.instance.service) == ["gateway", "gateway", "users"])
        #expect(rows.map(\.parent) == [nil, 0, 1])
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `ids that are shared at several levels do not multiply`(namesParents: Bool) throws {
        let state = try ScratchState()
        let depth = 12
        for level in 0..<depth {
            // Two services at each level, and two ids, each of which is its own or the other's caller.
            for service in ["a", "b"] {
                let (id, parent) = level % 2 == 0 ? ("x", "y") : ("y", "x")
                let text = [Double(level), Double(1_000 - level)].map { at in
                    line(at, id, "at \(level)", parent: namesParents ? parent : nil)
                }
                try state.run(of: "\(service)\(level)", out: text.joined())
            }
        }
        let rows = try timeline(state).rows
        #expect(rows.count == 2 * depth)
        #expect(Set(rows.map(\.span.instance)).count == 2 * depth)
        #expect(rows.reduce(Duration.zero) { $0 + $1.critical } == .milliseconds(1_000))
        for (index, row) in rows.enumerated() {
            guard let parent = row.parent else { continue }
            #expect(parent < index && rows[parent].depth == row.depth - 1)
        }
    }
}
