import AsyncHTTPClient
import HTTPTypes
import HummingbirdCore
import NIOCore
import ServiceKit
import Testing

@testable import api_gateway

@Suite struct UploadTests {
    private func upload(keeping kept: Int = 8, _ headers: HTTPFields) throws -> (Upload, RequestBody.Source) {
        let (body, source) = RequestBody.makeStream()
        let head = HTTPRequest(method: .put, scheme: "http", authority: "x", path: "/api/users", headerFields: headers)
        return (try #require(Upload(of: Request(head: head, body: body), limit: 100, keeping: kept)), source)
    }

    private func call(_ method: HTTPRequest.Method, _ upload: Upload?, timeout: Duration = .seconds(1)) throws
        -> UpstreamCall
    {
        UpstreamCall(
            target: try RequestTarget(URI("/api/users")), method: method, fields: [:], upload: upload,
            isIdempotent: method.isIdempotent, timeout: timeout)
    }

    @Test func `an upload that is abandoned has no end that could pass for the body's`() async throws {
        let (upload, source) = try upload([.transferEncoding: "chunked"])
        let parts = await upload.parts()
        await source.yield(ByteBuffer(string: "half"))
        #expect(try await parts.next() == ByteBuffer(string: "half"))
        let rest = Task { try await parts.next() }
        while await upload.timeWaitedForClient == .zero { await Task.yield() }
        #expect(await upload.abandon())
        await #expect(throws: CancellationError.self) { try await rest.value }
        await #expect(throws: CancellationError.self) { try await parts.next() }
        source.finish()
    }

    @Test func `an upload that had ended leaves the connection usable`() async throws {
        let (upload, source) = try upload([.transferEncoding: "chunked"])
        source.finish()
        #expect(try await upload.parts().next() == nil)
        #expect(await !upload.abandon())
    }

    @Test func `only what was not sent, or may be done twice and be sent again, is tried elsewhere`() async throws {
        let (upload, source) = try upload(keeping: 3, [.contentLength: "4"])
        for (method, repeats) in [(HTTPRequest.Method.get, true), (.put, true), (.post, false), (.patch, false)] {
            for body in [nil, upload] {
                let call = try call(method, body)
                #expect(await call.mayBeRepeated(after: .unreachable))
                #expect(await call.mayBeRepeated(after: .broken) == repeats, "\(method)")
                #expect(await !call.mayBeRepeated(after: .timedOut))
            }
        }
        await source.yield(ByteBuffer(string: "body"))
        _ = try await upload.parts().next()
        #expect(try await !call(.put, upload).mayBeRepeated(after: .broken))
        source.finish()
    }

    @Test func `a small body is sent again from its beginning, and the first sending gets no more of it`() async throws
    {
        let (upload, source) = try upload([.transferEncoding: "chunked"])
        let first = await upload.parts()
        await source.yield(ByteBuffer(string: "half"))
        #expect(try await first.next() == ByteBuffer(string: "half"))
        // A read is under way; what it brings is the second sending's.
        let late = Task { try await first.next() }
        while await upload.timeWaitedForClient == .zero { await Task.yield() }
        #expect(await upload.isWhole)
        let second = await upload.parts()
        #expect(try await second.next() == ByteBuffer(string: "half"))
        await source.yield(ByteBuffer(string: "rest"))
        source.finish()
        #expect(try await second.next() == ByteBuffer(string: "rest"))
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(try await second.next() == nil)
        #expect(await upload.isWhole)
    }

    @Test func `a timeout is the upstream's unless the client took most of the time`() async throws {
        let (upload, source) = try upload([.contentLength: "8"])
        await source.yield(ByteBuffer(string: "half"))
        let parts = await upload.parts()
        _ = try await parts.next()
        // A read is under way when the time is up, yet the client has hardly been waited for.
        let rest = Task { try await parts.next() }
        while await upload.timeWaitedForClient == .zero { await Task.yield() }
        let patient = try call(.post, upload, timeout: .seconds(600))
        #expect(await patient.failure(of: HTTPClientError.deadlineExceeded) == .timedOut)
        let short = try call(.post, upload, timeout: .nanoseconds(2))
        #expect(await short.failure(of: HTTPClientError.deadlineExceeded) == .clientTooSlow)
        source.finish()
        _ = try await rest.value
    }
}
