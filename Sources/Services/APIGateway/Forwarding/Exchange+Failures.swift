import Logging
import NIOCore
import ServiceKit

/// What goes wrong.
extension Exchange {
    /// There is no answer from this try.
    func failed(_ failure: UpstreamFailure, _ error: any Error) {
        guard phase != .over, let lease else { return }
        let now = NIODeadline.now()
        drop()
        measure(nil, failure, at: now)
        if failure == .unreachable {
            lease.passOver()
        } else if forwarder.isUpstreams(failure, of: call) {
            lease.report(.failed)
        }
        log {
            $0.warning(
                "no answer from upstream", error: error,
                metadata: ["upstream": .string(lease.endpoint.instance), "failure": .string(failure.rawValue)])
        }
        lease.end()
        if tries > 1 {
            forwarder.metrics.count(.failed)
        } else if call.mayBeRepeated(after: failure, upload),
            let second = forwarder.pool.lease(after: failure.callFailure, at: lease.endpoint)
        {
            if forwarder.protection.retries.spend() {
                request.upstreamTries = 2
                identity = request.identity.child()
                return send(to: second, over: nil)
            }
            second.end()
            forwarder.metrics.count(.refused)
        }
        decide(forwarder.isUpstreams(failure, of: call) ? .failed : .undecided, at: now)
        refuse(upload.hasEnded ? failure.problem : failure.problem.closingConnection)
    }

    /// The answer has begun and does not come to its end.
    func brokeOff(_ error: any Error) {
        giveUp()
        report("the upstream broke off its answer", error)
        client.breakOff(request)
    }

    func refuse(_ problem: Problem) {
        let hasBegun = phase == .passing
        giveUp()
        if hasBegun { client.breakOff(request) } else { client.refuse(request, problem) }
    }

    /// Ends it on this side: nobody waits for the upstream, nothing more is sent.
    func giveUp() {
        drop()
        phase = .over
        giveBack()
    }

    func drop() {
        connectTimeout?.cancel()
        connection?.abandon()
        connection = nil
    }

    /// Gives back the places at the upstream and its instance.
    func giveBack() {
        lease?.end()
        pass.place.end()
    }
}
