import CurlClient
import Testing

@testable import msctl

@Suite struct ProblemTests {
    @Test func `a problem becomes a sentence with its name and its request`() {
        let failure = failure(
            409, #"{"type":"insufficient-stock","title":"There are not enough pieces","detail":"1 of Lamp is left."}"#)
        #expect(
            failure
                == .refused(
                    "there are not enough pieces: 1 of Lamp is left (409 insufficient-stock, request r-1)",
                    hint: "'msctl product show ID' says how many there are"))
    }

    @Test func `what is wrong with a body is one line for each member`() {
        let failure = failure(
            422,
            #"""
            {"type":"invalid-body","title":"The body is not valid","detail":"See errors.","traceId":"abc",
             "errors":[{"pointer":"/price/amount","detail":"must be 0 or more"},{"pointer":"/name","detail":"is missing"}]}
            """#)
        #expect(
            failure
                == .refused(
                    "the body is not valid (422 invalid-body, request r-1)",
                    details: ["/price/amount: must be 0 or more", "/name: is missing", "trace id: abc"]))
    }

    @Test func `an answer that is no problem document has its status`() {
        #expect(
            failure(418, "<html>")
                == .refused("the API does not say what is wrong (418, request r-1)"))
        #expect(
            failure(400, #"{"type":"about:blank","title":"Bad Request"}"#).message == "bad Request (400, request r-1)")
    }

    @Test(
        arguments: [
            (401, #"{"type":"invalid-token"}"#, nil, "msctl user login --login NAME"),
            (401, #"{"type":"wrong-credentials"}"#, nil, "check the name, and type the password again"),
            (403, "", nil, "the project's own operator may: it acts when nobody is logged in (msctl user logout)"),
            (404, "", nil, "check the id; 'list' names those there are"), (429, "", "7", "try again in 7 s"),
            (503, "", "2", "try again in 2 s"), (500, #"{"traceId":"abc"}"#, nil, "msctl trace abc"),
            (502, "", nil, "msctl status"), (409, "", nil, nil), (400, "", nil, nil),
        ] as [(Int, String, String?, String?)])
    func `the next step is told`(status: Int, body: String, retryAfter: String?, hint: String?) {
        #expect(failure(status, body, retryAfter: retryAfter).hint == hint)
    }

    @Test func `control bytes of the API do not reach the terminal`() {
        let failure = failure(
            400, #"{"title":"a\u001b[31mb","traceId":"t\u001b[2J","errors":[{"pointer":"/x\u0007"}]}"#)
        #expect(!failure.message.unicodeScalars.contains { $0.value < 32 })
        #expect(failure.details == [#"/x\u{7}"#, #"trace id: t\u{1b}[2J"#])
    }

    @Test func `a type may be a whole URL`() {
        #expect(Problem(type: "https://example.org/problems/not-found").slug == "not-found")
        #expect(Problem(type: "about:blank").slug == nil)
        #expect(Problem().slug == nil)
    }

    private func failure(_ status: Int, _ body: String, retryAfter: String? = nil) -> CommandFailure {
        var headers = [(name: "X-Request-Id", value: "r-1")]
        if let retryAfter { headers.append((name: "Retry-After", value: retryAfter)) }
        return CommandFailure(
            CurlResponse(status: status, headers: headers, body: Array(body.utf8), duration: .zero))
    }
}
