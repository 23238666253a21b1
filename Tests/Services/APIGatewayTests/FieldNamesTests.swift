import NIOHTTP1
import Testing

@testable import api_gateway

@Suite struct FieldNamesTests {
    private let names = FieldNames(["te", "host", "x-end"], prefixes: ["proxy-", "x-user-"])

    @Test(arguments: ["te", "TE", "Host", "hOST", "X-End", "Proxy-", "PROXY-Connection", "x-user-id", "X-User-"])
    func `names are the same in any case, and prefixes are of all that begins so`(name: String) {
        #expect(names.contains(name))
    }

    @Test(arguments: ["", "t", "tea", "hos", "hosts", "x-ende", "x-use", "xuser-", "prox", "4e", "T\u{5}", "H@st"])
    func `others are not among them`(name: String) {
        #expect(!names.contains(name))
    }

    @Test func `what Connection names is for one connection only`() throws {
        #expect(FieldNames(namedBy: []) == nil)
        #expect(FieldNames(namedBy: ["Keep-Alive", "close"]) == nil)
        let named = try #require(FieldNames(namedBy: ["close, X-Hop ,\tAuthorization", "x-other"]))
        for name in ["x-hop", "Authorization", "X-Other", "close"] { #expect(named.contains(name), "\(name)") }
        #expect(!named.contains("accept"))
    }

    @Test func `fields are found in one pass, whatever their case and order`() {
        let fields = RequestFields(
            HTTPHeaders([
                ("X-REQUEST-ID", "1"), ("Host", "a"), ("TRANSFER-encoding", "chunked"), ("authorization", "first"),
                ("Authorization", "second"), ("x-forwarded-for", "b"), ("X-Forwarded-For", "c"), ("Expect", "e"),
                ("Origin", "o"), ("Connection", "close"), ("traceparent", "p"), ("TraceState", "s"), ("hOst", "d"),
                ("Content-Length", "4"), ("Idempotency-Key", "k"), ("X-Request-Deadline-Ms", "5"),
                ("Access-Control-Request-Method", "PUT"), ("Hosts", "x"), ("Expected", "x"),
            ]))
        #expect(fields.hosts == 2 && fields.transferCodings == ["chunked"] && fields.contentLength == "4")
        #expect(fields.authorization == "first" && fields.origin == "o" && fields.asksForMethod)
        #expect(fields.forwardedFor == ["b", "c"] && fields.connection == ["close"] && fields.expectations == ["e"])
        #expect(fields.traceparents == ["p"] && fields.traceStates == ["s"] && fields.requestIDs == ["1"])
        #expect(fields.hasIdempotencyKey && fields.deadlines == ["5"])
    }
}
