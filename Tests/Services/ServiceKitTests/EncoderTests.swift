import NIOCore
import NIOEmbedded
import NIOHTTP1
import ServiceKit
import ServiceTestSupport
import Testing

/// Writes responses by our bytes.
private final class ResponseEncoder: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart

    private var bytes = MessageBytes()

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let write = { (buffer: ByteBuffer) in context.write(NIOAny(IOData.byteBuffer(buffer)), promise: nil) }
        switch unwrapOutboundIn(data) {
        case .head(let head): bytes.begin(head, nil)
        case .body(.byteBuffer(let part)): bytes.add(part, write: write)
        case .body: Issue.record("a file is no part of a test")
        case .end: bytes.end(write: write)
        }
    }
}

/// Our bytes are those that NIO's encoders write, in fewer writes.
@Suite struct EncoderTests {
    private func bytes(_ encoder: any ChannelHandler, _ parts: [NIOAny]) throws -> (String, writes: Int) {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(encoder)
        for part in parts { channel.pipeline.syncOperations.write(part, promise: nil) }
        channel.pipeline.syncOperations.flush()
        var text = ""
        var writes = 0
        while let data = try channel.readOutbound(as: IOData.self) {
            guard case .byteBuffer(let buffer) = data else { continue }
            text += String(buffer: buffer)
            if buffer.readableBytes > 0 { writes += 1 }
        }
        _ = try channel.finish(acceptAlreadyClosed: true)
        return (text, writes)
    }

    private static let bodies: [[Int]] = [[], [0], [5], [1, 4096, 3], [4097], [100_000, 7]]

    @Test(arguments: [200, 201, 204, 304, 404, 500, 599], [HTTPVersion.http1_1, .http1_0])
    func `responses are framed and written as by NIO`(status: Int, version: HTTPVersion) throws {
        for sizes in Self.bodies {
            for framing in ["none", "length", "chunked", "both"] {
                var headers: HTTPHeaders = ["X-Short": "a", "Empty": ""]
                headers.add(
                    name: "Long-\(String(repeating: "n", count: 40))", value: String(repeating: "v", count: 300))
                if framing == "length" || framing == "both" {
                    headers.add(name: "Content-Length", value: String(sizes.reduce(0, +)))
                }
                if framing == "chunked" || framing == "both" {
                    headers.add(name: "transfer-encoding", value: "chunked")
                }
                let head = HTTPResponseHead(
                    version: version, status: HTTPResponseStatus(statusCode: status), headers: headers)
                let hasBody = head.status.mayHaveResponseBody
                let parts: [HTTPServerResponsePart] =
                    [.head(head)]
                    + (hasBody ? sizes : []).map { .body(.byteBuffer(ByteBuffer(repeating: 0x62, count: $0))) } + [
                        .end(nil)
                    ]
                let theirs = try bytes(HTTPResponseEncoder(), parts.map { NIOAny($0) })
                let ours = try bytes(ResponseEncoder(), parts.map { NIOAny($0) })
                #expect(Self.sorted(ours.0) == Self.sorted(theirs.0), "\(sizes) \(framing)")
                if sizes == [5] { #expect(ours.writes == 1) }
            }
        }
    }

    @Test(arguments: [HTTPMethod.GET, .POST, .DELETE, .RAW(value: "PURGE")])
    func `requests are written as by NIO, framed as their fields say`(method: HTTPMethod) throws {
        for sizes in Self.bodies {
            for framing in ["length", "chunked"] {
                let value =
                    framing == "length"
                    ? ("Content-Length", String(sizes.reduce(0, +))) : ("Transfer-Encoding", "chunked")
                let head = HTTPRequestHead(
                    version: .http1_1, method: method, uri: "/a/b?c=d", headers: HTTPHeaders([("Host", "x"), value]))
                let parts: [HTTPClientRequestPart] =
                    [.head(head)] + sizes.map { .body(.byteBuffer(ByteBuffer(repeating: 0x62, count: $0))) } + [
                        .end(nil)
                    ]
                let theirs = try bytes(HTTPRequestEncoder(), parts.map { NIOAny($0) })
                let ours = try bytes(RequestEncoder(), parts.map { NIOAny($0) })
                #expect(Self.sorted(ours.0) == Self.sorted(theirs.0), "\(sizes) \(framing)")
                if sizes == [5] { #expect(ours.writes == 1) }
            }
        }
    }

    @Test func `a promise is kept when what was written before it is on its way`() throws {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(RequestEncoder())
        let head = HTTPRequestHead(version: .http1_1, method: .PUT, uri: "/a", headers: ["Content-Length": "2"])
        let written = channel.eventLoop.makePromise(of: Void.self)
        let pipeline = channel.pipeline.syncOperations
        pipeline.write(NIOAny(HTTPClientRequestPart.head(head)), promise: written)
        pipeline.write(NIOAny(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: "ok")))), promise: nil)
        pipeline.flush()
        try written.futureResult.wait()
        guard case .byteBuffer(let first)? = try channel.readOutbound(as: IOData.self) else {
            Issue.record("nothing was written")
            return
        }
        #expect(String(buffer: first).hasPrefix("PUT /a HTTP/1.1\r\n"))
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    /// The fields of a head are in another order where one was replaced.
    private static func sorted(_ text: String) -> [String] {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return [text] }
        let lines = text[..<end.lowerBound].split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts.first ?? "").lowercased() + ":" + (parts.last ?? "")
        }
        return [lines[0]] + fields.sorted() + [String(text[end.upperBound...])]
    }
}
