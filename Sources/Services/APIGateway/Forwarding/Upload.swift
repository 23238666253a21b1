import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit

/// A request body on its way upstream, read no faster than the upstream takes it, and no further than the limit.
///
/// The HTTP client pulls from a task of its own that it does not cancel, and once the answer is written the server reads
/// the same connection for the next request. Two readers at once would end the process. So every read is a task that
/// belongs to this actor, and an exchange is over only after `finish` or `abandon` has seen the last one end.
actor Upload {
    /// nil when the client does not say.
    nonisolated let length: Int64?
    private let body: RequestBody
    private let limit: Int
    private var iterator: RequestBody.AsyncIterator?
    private var reading: Task<ByteBuffer?, any Error>?
    private var readingSince: ContinuousClock.Instant?
    private var waited = Duration.zero
    private var received = 0
    private var hasEnded = false
    private var isClosed = false
    /// No byte was asked for yet, so the body can still be sent elsewhere.
    private(set) var isUntouched = true
    /// What went wrong on the client's side: too large, malformed, cut off.
    private(set) var failure: (any Error)?

    /// nil when the request has no body.
    init?(of request: Request, limit: Int) {
        if request.headers[.transferEncoding] != nil {
            length = nil
        } else if let length = request.headers[.contentLength].flatMap({ Int64($0) }), length > 0 {
            self.length = length
        } else {
            return nil
        }
        body = request.body
        self.limit = limit
    }

    /// Throws 413 when the client announces more than the limit.
    nonisolated func checkAnnouncedLength() throws(Problem) {
        if let length, length > limit { throw .bodyTooLarge(limit: limit) }
    }

    /// For how long the upstream has waited for the client in all, the read under way included.
    var timeWaitedForClient: Duration {
        waited + (readingSince?.duration(to: .now) ?? .zero)
    }

    /// The next part of at least one byte; nil at the end.
    func next() async throws -> ByteBuffer? {
        isUntouched = false
        while !isClosed, !hasEnded {
            let task = Task { try await read() }
            reading = task
            readingSince = .now
            let result = await task.result
            waited = timeWaitedForClient
            readingSince = nil
            reading = nil
            do {
                guard let part = try result.get() else {
                    hasEnded = true
                    break
                }
                received += part.readableBytes
                guard received <= limit else { throw Problem.bodyTooLarge(limit: limit) }
                if part.readableBytes > 0 { return part }
            } catch {
                failure = error
                throw error
            }
        }
        // A read that is cancelled looks like the end of the body; it must not become one upstream.
        guard !isClosed else { throw CancellationError() }
        return nil
    }

    /// Ends the upload after the answer was written: what the client still sends is the server's to read.
    func finish() async {
        isClosed = true
        _ = await reading?.result
    }

    /// Ends the upload at once. True when the body had not ended: then nothing more can be read from the connection, and
    /// the answer should say that it closes.
    @discardableResult
    func abandon() async -> Bool {
        isClosed = true
        guard !hasEnded else { return false }
        let last = reading ?? Task { try await read() }
        last.cancel()
        _ = await last.result
        return true
    }

    private func read() async throws -> ByteBuffer? {
        var iterator = self.iterator ?? body.makeAsyncIterator()
        self.iterator = nil
        defer { self.iterator = iterator }
        return try await iterator.next(isolation: self)
    }
}

/// The parts of an upload, for the HTTP client.
struct UploadParts: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let upload: Upload

    func makeAsyncIterator() -> UploadParts { self }

    func next() async throws -> ByteBuffer? {
        try await upload.next()
    }
}
