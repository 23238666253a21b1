import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceKit
import Testing

@testable import api_gateway

@Suite struct UploadTests {
    private let start = NIODeadline.now()

    private func call(_ method: HTTPMethod, timeout: TimeAmount = .seconds(1)) throws -> UpstreamCall {
        UpstreamCall(
            target: try RequestTarget("/api/users"), method: method, fields: FieldBytes(), framing: .none,
            isIdempotent: HTTPRequest.Method(method).isIdempotent, timeout: timeout, deadline: start + timeout)
    }

    private func part(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    @Test(arguments: [
        (HTTPHeaders(), Upload.Framing.none), (HTTPHeaders([("Content-Length", "0")]), .none),
        (HTTPHeaders([("Content-Length", "12")]), .length(12)),
        (HTTPHeaders([("Transfer-Encoding", "chunked")]), .chunked),
    ])
    func `a body is framed as its request says`(headers: HTTPHeaders, framing: Upload.Framing) {
        let upload = Upload(of: RequestFields(headers), limit: 100, keeping: 0)
        #expect(upload.framing == framing)
        #expect(upload.hasEnded == (framing == .none))
    }

    @Test func `only what was not sent, or may be done twice and be sent again, is tried elsewhere`() throws {
        var upload = Upload(of: ["Content-Length": "4"], limit: 100, keeping: 3)
        for (method, repeats) in [(HTTPMethod.GET, true), (.PUT, true), (.POST, false), (.PATCH, false)] {
            let call = try call(method)
            #expect(call.mayBeRepeated(after: .unreachable, upload))
            #expect(call.mayBeRepeated(after: .broken, upload) == repeats, "\(method)")
            #expect(!call.mayBeRepeated(after: .timedOut, upload))
        }
        try upload.take(part("body"), at: start)
        #expect(upload.isWhole, "nothing was let go")
        upload.letGo()
        #expect(!upload.isWhole && upload.kept.isEmpty)
        #expect(try !call(.PUT).mayBeRepeated(after: .broken, upload))
    }

    @Test func `a small body is kept from its beginning, whatever was sent of it`() throws {
        var upload = Upload(of: ["Transfer-Encoding": "chunked"], limit: 100, keeping: 8)
        try upload.take(part("half"), at: start)
        upload.letGo()
        try upload.take(part("rest"), at: start)
        upload.letGo()
        upload.end(at: start)
        #expect(upload.isWhole && upload.hasEnded)
        #expect(upload.kept == [part("half"), part("rest")])
    }

    @Test func `a body that is too large is refused as soon as that is known`() throws {
        #expect(throws: Problem.self) {
            try Upload(of: ["Content-Length": "101"], limit: 100, keeping: 0).checkAnnouncedLength()
        }
        try Upload(of: ["Content-Length": "100"], limit: 100, keeping: 0).checkAnnouncedLength()
        var upload = Upload(of: ["Transfer-Encoding": "chunked"], limit: 6, keeping: 0)
        try upload.take(part("half"), at: start)
        #expect(throws: Problem.self) { try upload.take(part("rest"), at: start) }
    }

    @Test func `a timeout is the upstream's unless the client took most of the time`() throws {
        var upload = Upload(of: ["Content-Length": "8"], limit: 100, keeping: 8)
        upload.startWaiting(at: start)
        try upload.take(part("half"), at: start + .milliseconds(300))
        // It is waited for when the time is up, yet has hardly been waited for in all.
        upload.startWaiting(at: start + .milliseconds(900))
        #expect(try call(.POST).lateness(upload, at: start + .seconds(1)) == .timedOut)
        upload.stopWaiting(at: start + .milliseconds(950))
        #expect(upload.timeWaitedForClient(at: start + .seconds(1)) == .milliseconds(350))
        upload.startWaiting(at: start + .milliseconds(950))
        #expect(try call(.POST).lateness(upload, at: start + .milliseconds(1101)) == .clientTooSlow)
    }
}

extension RequestFields: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(HTTPHeaders(elements))
    }
}
