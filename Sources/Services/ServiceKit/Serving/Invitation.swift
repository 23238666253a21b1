import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// What a client waits for that asks before it sends a body (RFC 9110 section 10.1.1): it is sent when somebody is about to
/// read the body, so a request that is refused for its head costs nobody the body.
final class Invitation: Sendable {
    /// Told to ``ConnectionGuard``, which writes it.
    struct Sent {}

    private let channel: any Channel
    private let isSent = Atomic(false)

    private init(on channel: any Channel) {
        self.channel = channel
    }

    /// For a client that waits for one; nil for others.
    static func awaited(by request: inout Request, on channel: any Channel) -> Invitation? {
        guard let expectation = request.headers[.expect], expectation.lowercased() == "100-continue" else { return nil }
        let invitation = Invitation(on: channel)
        request.body = RequestBody(asyncSequence: InvitedBody(body: request.body, invitation: invitation))
        return invitation
    }

    /// Whether the client was told to send the body. If not, it may send it or not, and what it sends next cannot be told
    /// from a body.
    var wasSent: Bool { isSent.load(ordering: .acquiring) }

    fileprivate func send() async throws {
        guard !isSent.exchange(true, ordering: .acquiringAndReleasing) else { return }
        try await channel.triggerUserOutboundEvent(Sent()).get()
    }
}

/// A body that its client sends when it is invited to.
private struct InvitedBody: AsyncSequence, Sendable {
    let body: RequestBody
    let invitation: Invitation

    struct AsyncIterator: AsyncIteratorProtocol {
        var parts: RequestBody.AsyncIterator
        let invitation: Invitation

        mutating func next() async throws -> ByteBuffer? {
            try await invitation.send()
            return try await parts.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(parts: body.makeAsyncIterator(), invitation: invitation)
    }
}
