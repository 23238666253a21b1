import NIOCore
import ServiceKit

/// A request's body on its way upstream: how much came, what of it can be sent once more, and for how long the upstream has
/// waited for it.
struct Upload {
    /// How the end of the body is known (RFC 9112 section 6).
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// Bodies up to this size can be sent a second time.
    static let mostKept = 64 * 1024

    let framing: Framing
    /// In bytes.
    private let limit: Int
    private let keptBytes: Int
    /// What was read and may be needed, from the beginning as long as the body is whole.
    private(set) var kept: [ByteBuffer] = []
    private var received = 0
    private(set) var hasEnded: Bool
    /// Nothing of what was read has been let go, so it can be sent from the beginning.
    private(set) var isWhole = true
    private var waitingSince: NIODeadline?
    private var waited = TimeAmount.zero

    /// - Parameters:
    ///   - fields: those of a request that is framed in one way only.
    ///   - limit: in bytes.
    ///   - keptBytes: how much may be kept for a second sending.
    init(of fields: RequestFields, limit: Int, keeping keptBytes: Int) {
        if !fields.transferCodings.isEmpty {
            framing = .chunked
        } else if let length = fields.contentLength.flatMap({ Int($0) }), length > 0 {
            framing = .length(length)
        } else {
            framing = .none
        }
        self.limit = limit
        self.keptBytes = keptBytes
        hasEnded = framing == .none
    }

    /// Throws 413 when the client announces more than the limit.
    func checkAnnouncedLength() throws(Problem) {
        if case .length(let length) = framing, length > limit { throw .bodyTooLarge(limit: limit).closingConnection }
    }

    /// A part came. Throws 413 when it is too much.
    mutating func take(_ part: ByteBuffer, at now: NIODeadline) throws(Problem) {
        stopWaiting(at: now)
        received += part.readableBytes
        guard received <= limit else { throw .bodyTooLarge(limit: limit).closingConnection }
        kept.append(part)
    }

    mutating func end(at now: NIODeadline) {
        stopWaiting(at: now)
        hasEnded = true
    }

    /// All that came so far was sent.
    mutating func letGo() {
        guard received > keptBytes else { return }
        kept = []
        isWhole = false
    }

    /// From now on the upstream waits for the client.
    mutating func startWaiting(at now: NIODeadline) {
        if !hasEnded, waitingSince == nil { waitingSince = now }
    }

    mutating func stopWaiting(at now: NIODeadline) {
        waited = timeWaitedForClient(at: now)
        waitingSince = nil
    }

    /// For how long the upstream has waited for the client in all.
    func timeWaitedForClient(at now: NIODeadline) -> TimeAmount {
        waited + (waitingSince.map { now - $0 } ?? .zero)
    }
}
