import NIOCore
import NIOHTTP1

/// Frames each answer as its request allows, which the encoder cannot know.
///
/// A client of HTTP/1.0 understands neither chunks nor interim responses (RFC 9112 section 7.1, RFC 9110 section 15.2): its
/// answer ends with the connection. An answer to HEAD has the fields that one to GET would have, and never a body (RFC 9110
/// section 9.3.2).
final class AnswerFraming {
    private struct Asked {
        let isHead: Bool
        let isOld: Bool
    }

    /// The first request without an answer.
    private var asked: Asked?
    /// Those behind it, which come in the same order. Mostly nobody is there, and nobody looks.
    private var behind: CircularBuffer<Asked> = []
    private var isPipelined = false

    func beginRequest(_ head: HTTPRequestHead) {
        let isHead = if case .HEAD = head.method { true } else { false }
        let request = Asked(isHead: isHead, isOld: head.version != .http1_1)
        if asked == nil {
            asked = request
        } else {
            behind.append(request)
            isPipelined = true
        }
    }

    /// Whether the answer under way may have a body, and the end of one.
    var allowsBody: Bool { asked.map { !$0.isHead } ?? true }

    /// Whether there is a client who understands what comes before the answer.
    var allowsInterimResponse: Bool { asked.map { !$0.isOld } ?? false }

    /// Makes `head` one that the client understands.
    ///
    /// - Returns: whether it was not before.
    func beginAnswer(_ head: inout HTTPResponseHead) -> Bool {
        guard let asked, asked.isOld else { return false }
        head.version = .http1_0
        return true
    }

    func endAnswer() {
        asked = isPipelined ? behind.popFirst() : nil
    }
}
