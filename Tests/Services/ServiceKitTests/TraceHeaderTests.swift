import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

/// The cases of the W3C trace-context test suite that concern a service which takes part and adds nothing.
@Suite struct TraceHeaderTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"
    private static let good = "00-\(trace)-\(parent)-01"

    private func identity(_ parents: [String], _ states: [String] = [], ids: [String] = []) -> RequestIdentity {
        var fields = HTTPFields()
        fields[values: .traceparent] = parents
        fields[values: .tracestate] = states
        fields[values: .requestID] = ids
        return RequestIdentity.of(fields)
    }

    @Test(arguments: [
        good, "00-\(trace)-\(parent)-00", "00-\(trace)-\(parent)-ff", "01-\(trace)-\(parent)-01",
        "cc-\(trace)-\(parent)-01-what-the-future-will-be-like", "fe-\(trace)-\(parent)-01-",
    ])
    func `a trace that is well formed is continued`(header: String) {
        let identity = identity([header], ["vendor=1"])
        #expect(identity.trace.traceID == Self.trace)
        #expect(identity.trace.parentID == Self.parent)
        #expect(identity.trace.spanID != Self.parent)
        #expect(identity.traceState?.text == "vendor=1")
        #expect(TraceContext.continuing(identity.trace.traceparent)?.traceID == Self.trace)
    }

    @Test(arguments: [
        "", "-", "---", "00", "00-", "00-\(trace)", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-",
        "00-\(trace)-\(parent)-1", "00-\(trace)-\(parent)-001", "00-\(trace)-\(parent)-.0", "00-\(trace)-\(parent)-0x",
        "00-\(trace)-\(parent)-0A", "00-\(trace)-\(parent)-01-", "00-\(trace)-\(parent)-01-more",
        "00-\(trace)-\(parent)-01.more", "cc-\(trace)-\(parent)-01.what", "cc-\(trace)-\(parent)-0",
        "0-\(trace)-\(parent)-01",
        "000-\(trace)-\(parent)-01", "0x-\(trace)-\(parent)-01", "FE-\(trace)-\(parent)-01", "ff-\(trace)-\(parent)-01",
        "00-\(trace)0-\(parent)-01", "00-\(trace.dropLast())-\(parent)-01", "00-\(trace.dropLast()).-\(parent)-01",
        "00-\(trace.uppercased())-\(parent)-01", "00-\(String(repeating: "0", count: 32))-\(parent)-01",
        "00-\(trace)-\(parent)0-01", "00-\(trace)-\(parent.dropLast())-01", "00-\(trace)-\(parent.uppercased())-01",
        "00-\(trace)-\(String(repeating: "0", count: 16))-01", "00_\(trace)_\(parent)_01", "\(trace)-\(parent)-01",
        "00-\(trace)-\(parent)-01, 00-\(trace)-\(parent)-01", "01-\(trace)-\(parent)-01-a, 01-\(trace)-\(parent)-01-a",
        "cc-\(trace)-\(parent)-01-\u{1B}[31m", "cc-\(trace)-\(parent)-01-\u{e9}", "00-\(trace)-\(parent)-٠١",
        "cc-\(trace)-\(parent)-01-\(String(repeating: "x", count: 10_000))",
    ])
    func `a trace that is not is begun anew, without what belonged to it`(header: String) {
        let identity = identity([header], ["vendor=1"])
        #expect(identity.trace.traceID != Self.trace)
        #expect(identity.trace.traceID.utf8.count == 32)
        #expect(identity.trace.parentID == nil)
        #expect(identity.traceState == nil)
        #expect(TraceContext.continuing(identity.trace.traceparent) != nil)
    }

    @Test func `of several traceparent headers none is believed`() {
        #expect(identity([Self.good, Self.good]).trace.traceID != Self.trace)
        #expect(identity([Self.good, "00-\(Self.trace)-\(Self.parent)-00"]).trace.traceID != Self.trace)
        #expect(identity([], ["vendor=1"]).traceState == nil)
    }

    @Test func `of several request ids none is taken`() {
        #expect(identity([], ids: ["mine"]).requestID == "mine")
        #expect(!["mine", "yours"].contains(identity([], ids: ["mine", "yours"]).requestID))
    }

    @Test(
        arguments: [
            (["a=1"], "a=1"), (["a=1,b=2"], "a=1,b=2"), (["a=1", "b=2"], "a=1,b=2"), (["a=1 \t,\t b=2"], "a=1,b=2"),
            ([",a=1,,b=2,", ""], "a=1,b=2"), (["a= 1"], "a= 1"), (["a*/_-0=!#~"], "a*/_-0=!#~"),
            (["0t@v=1"], "0t@v=1"),
            (["\(String(repeating: "z", count: 256))=1"], "\(String(repeating: "z", count: 256))=1"),
        ] as [([String], String)])
    func `a list of state that is well formed is passed on`(headers: [String], text: String) {
        #expect(identity([Self.good], headers).traceState?.text == text)
    }

    @Test(
        arguments: [
            [], [""], [" , "], ["a"], ["=1"], ["a="], ["a=1=2"], ["a=1;b=2"].map { $0 + "," + $0 }, ["A=1"], ["a.b=1"],
            ["a =1"], ["a b=1"], ["0a=1"], ["a=1,a=2"], ["a=1", "a=1"], ["a@=1"], ["@a=1"], ["a@@b=1"], ["a@b@c=1"],
            ["a@0=1"], ["é=1"], ["a=é"], ["a=\u{0}"], ["a=1\r\nx: y"], ["a=1\u{301},b=2"],
            ["\(String(repeating: "z", count: 257))=1"], ["\(String(repeating: "t", count: 242))@v=1"],
            ["t@\(String(repeating: "v", count: 15))=1"], ["a=\(String(repeating: "x", count: 257))"],
            [(0..<33).map { "k\($0)=1" }.joined(separator: ",")], (0..<33).map { "k\($0)=1" },
            [String(repeating: "a=1,", count: 3000)],
        ] as [[String]])
    func `a list of state that is not is dropped and the trace goes on`(headers: [String]) {
        let state = TraceState(headers)
        #expect(state == nil)
        #expect(identity([Self.good], headers).trace.traceID == Self.trace)
    }

    @Test func `of more state than 512 bytes the long members go first and then the oldest`() {
        let thirtyTwo = (0..<32).map { "k\($0)=1" }.joined(separator: ",")
        #expect(TraceState([thirtyTwo])?.text == thirtyTwo)
        let even = (100..<130).map { "k\($0)=\(String(repeating: "x", count: 15))" }
        #expect(even.joined(separator: ",").utf8.count == 629)
        #expect(TraceState([even.joined(separator: ",")])?.text == even.prefix(24).joined(separator: ","))
        let long = "long=\(String(repeating: "y", count: 200))"
        let mixed = [long] + even.prefix(20)
        #expect(TraceState(mixed)?.text == even.prefix(20).joined(separator: ","))
    }

    @Test func `a service answers whatever the trace headers are`() async throws {
        try await buildApplication(ServiceParts(routes: []), in: .test()).test(.router) { client in
            for header in [
                "", "00-\(Self.trace)", Self.good, "\(Self.good), \(Self.good)", String(repeating: "-", count: 5000),
            ] {
                let reply = try await client.send(
                    .get, "/livez", headers: [.traceparent: header, .tracestate: String(repeating: "a=1,", count: 500)])
                #expect(reply.status == 200)
            }
        }
    }
}
