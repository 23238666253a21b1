import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit

/// A request body on its way upstream, read no faster than the upstream takes it, and no further than the limit.
///
/// The HTTP client pulls from a task of its own that it does not cancel, and once the answer is written the server reads
/// the same connection for the next request. Two readers at once would end the process. So every read is a task that
/// belongs to this actor, and an exchange is over only after `finish` or `abandon` has seen the last one end.
///
/// What was read is kept up to a size, so that the body can be sent once more from its beginning.
actor Upload {
    /// nil when the client does not say.
    nonisolated let length: Int64?
    private let body: RequestBody
    private let limit: Int
    private let keptBytes: Int
    private var iterator: RequestBody.AsyncIterator?
    /// What was read and is still needed, and how much of it the present sending has had.
    private var kept: [ByteBuffer] = []
    private var position = 0
    /// Counts the sendings. An earlier one has no say any more.
    private var sending = 0
    private var reading: Task<Void, Never>?
    private var readingSince: ContinuousClock.Instant?
    private var waited = Duration.zero
    private var received = 0
    private var hasEnded = false
    private var isClosed = false
    /// What went wrong on the client's side: too large, malformed, cut off.
    private(set) var failure: (any Error)?

    /// nil when the request has no body.
    ///
    /// - Parameters:
    ///   - limit: in bytes.
    ///   - keptBytes: how much may be kept for a second sending.
    init?(of request: Request, limit: Int, keeping keptBytes: Int) {
        if request.headers[.transferEncoding] != nil {
            length = nil
        } else if let length = request.headers[.contentLength].flatMap({ Int64($0) }), length > 0 {
            self.length = length
        } else {
            return nil
        }
        body = request.body
        self.limit = limit
        self.keptBytes = keptBytes
    }

    /// Throws 413 when the client announces more than the limit.
    nonisolated func checkAnnouncedLength() throws(Problem) {
        if let length, length > limit { throw .bodyTooLarge(limit: limit) }
    }

    /// For how long the upstream has waited for the client in all, the read under way included.
    var timeWaitedForClient: Duration {
        waited + (readingSince?.duration(to: .now) ?? .zero)
    }

    /// Nothing of what was read has been let go, so it can be sent from the beginning.
    var isWhole: Bool { received <= keptBytes }

    /// Begins to send it; whoever was being sent it gets no more.
    func parts() -> UploadParts {
        sending += 1
        position = 0
        return UploadParts(upload: self, sending: sending)
    }

    /// The next part of at least one byte; nil at the end.
    fileprivate func next(of sending: Int) async throws -> ByteBuffer? {
        // A read that is cancelled looks like the end of the body; it must not become one upstream.
        while !isClosed, sending == self.sending {
            if position < kept.count {
                let part = kept[position]
                position += 1
                if !isWhole {
                    kept.removeFirst(position)
                    position = 0
                }
                return part
            }
            if let failure { throw failure }
            if hasEnded { return nil }
            await readMore()
        }
        throw CancellationError()
    }

    /// Ends the upload after the answer was written: what the client still sends is the server's to read.
    func finish() async {
        isClosed = true
        await reading?.value
    }

    /// Ends the upload at once. True when the body had not ended: then nothing more can be read from the connection, and
    /// the answer should say that it closes.
    @discardableResult
    func abandon() async -> Bool {
        isClosed = true
        guard !hasEnded else { return false }
        let last = reading ?? Task { await read() }
        last.cancel()
        await last.value
        return true
    }

    /// Returns when there is a part more, or the end, or a failure.
    private func readMore() async {
        let task = reading ?? Task { await read() }
        reading = task
        await task.value
    }

    private func read() async {
        var iterator = self.iterator ?? body.makeAsyncIterator()
        self.iterator = nil
        readingSince = .now
        do {
            let part = try await iterator.next(isolation: self)
            received += part?.readableBytes ?? 0
            if received > limit {
                failure = Problem.bodyTooLarge(limit: limit)
            } else if let part {
                if part.readableBytes > 0 { kept.append(part) }
            } else {
                hasEnded = true
            }
        } catch {
            failure = error
        }
        waited = timeWaitedForClient
        readingSince = nil
        reading = nil
        self.iterator = iterator
    }
}

/// The parts of an upload, for the HTTP client.
struct UploadParts: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let upload: Upload
    let sending: Int

    func makeAsyncIterator() -> UploadParts { self }

    func next() async throws -> ByteBuffer? {
        try await upload.next(of: sending)
    }
}
