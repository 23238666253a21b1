import ServiceKit
import Testing

@Suite struct TracingTests {
    private static let traceID = "0af7651916cd43dd8448eb211c80319c"

    @Test func `a good traceparent is continued with a span of our own`() throws {
        let trace = try #require(TraceContext.continuing("00-\(Self.traceID)-b7ad6b7169203331-01"))
        #expect(trace.traceID == Self.traceID)
        #expect(trace.spanID != "b7ad6b7169203331")
        #expect(trace.traceparent == "00-\(Self.traceID)-\(trace.spanID)-01")
    }

    @Test func `a later version may have more fields and the first may not`() {
        #expect(TraceContext.continuing("01-\(Self.traceID)-b7ad6b7169203331-00-more") != nil)
        #expect(TraceContext.continuing("00-\(Self.traceID)-b7ad6b7169203331-00-more") == nil)
    }

    @Test(arguments: [
        "", "00", "00-0-0-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01", "00-0af7651916cd43dd8448eb211c80319c\n-b7-01",
    ])
    func `a hostile traceparent begins a new trace`(header: String) {
        #expect(TraceContext.continuing(header) == nil)
        #expect(RequestIdentity.of(traceparent: header, requestID: nil).trace.traceID.utf8.count == 32)
    }

    @Test(arguments: ["", "a b", "a\r\nb", "é", "<script>", String(repeating: "a", count: 129)])
    func `a hostile request id is replaced`(id: String) {
        #expect(RequestIdentity.of(traceparent: nil, requestID: id).requestID != id)
    }

    @Test func `a plain request id is kept`() {
        #expect(RequestIdentity.of(traceparent: nil, requestID: "Web-1_a.b").requestID == "Web-1_a.b")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `timestamps are RFC 3339 in UTC`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }
}
