import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// What the upstream answers.
extension Exchange {
    func begin(_ head: HTTPResponseHead) {
        // We ask for no upgrade, so an answer that agrees to one makes no sense.
        guard head.status.code >= 200 else { return broke(NoAnswer()) }
        let now = NIODeadline.now()
        measure(Int(head.status.code), nil, at: now)
        if tries > 1 { secondTry(answered: head) }
        guard let lease else { return }
        let outcome = forwarder.outcome(of: head)
        switch outcome {
        case .answered: lease.report(.well)
        case .failed: lease.report(.failed)
        case .undecided: break
        }
        decide(outcome, at: now)
        phase = .passing
        connection?.expect(by: now + TimeAmount(forwarder.timeout))
        client.answer(request, with: head)
        connection?.hold(!client.isWritable)
    }

    func pass(_ part: ByteBuffer) {
        passed += part.readableBytes
        client.pass(part)
    }

    /// All that could be read at once was passed on.
    func flushAnswer() {
        guard phase == .passing else { return }
        client.flush()
        if client.isWritable { connection?.expect(by: .now() + TimeAmount(forwarder.timeout)) }
    }

    func end() {
        phase = .over
        connection = nil
        giveBack()
        client.endAnswer(request)
    }

    func upstreamTakesMore() {
        guard phase == .waiting || phase == .passing, let connection else { return }
        if connection.isWritable { upload.startWaiting(at: .now()) } else { upload.stopWaiting(at: .now()) }
        client.readOn()
    }

    func timedOut() {
        if phase == .passing {
            brokeOff(UpstreamFailure.timedOut)
        } else {
            failed(call.lateness(upload, at: .now()), UpstreamFailure.timedOut)
        }
    }

    func broke(_ error: any Error) {
        if phase == .passing { brokeOff(error) } else { failed(UpstreamFailure(CallFailure(error)), error) }
    }
}
