import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceKit

/// What is done with a request, from its head on: whoever cannot be answered is refused before anything is done for him.
extension ClientConnection {
    func receive(_ request: ClientRequest) {
        do {
            try check(request)
        } catch {
            request.refusal = error
        }
    }

    /// Says why the current request is not served, if it is not.
    func refuseIfNeeded() {
        guard let current, !current.isAnswered, let refusal = current.refusal else { return }
        current.refusal = nil
        refuse(current, refusal)
    }

    private func check(_ request: ClientRequest) throws(Problem) {
        guard request.method.isKnown else { throw .unknownMethod }
        if let left = try CallDeadline.of(request.fields.deadlines) {
            request.deadline = request.start + TimeAmount(left)
        }
        request.client = gateway.proxies.client(behind: peer, request.fields)
        if let fields = try gateway.preflight.answer(to: request) {
            return answer(request, .noContent, fields, ByteBuffer())
        }
        let target = try RequestTarget(request.head.uri)
        try RequestHygiene.check(request.fields)
        request.target = target
        request.place = Upstream.answering(for: target.path)
        try count(request, target)
        if !request.isBeingIdentified { try pass(request, target) }
    }

    /// Counts it for its address and its account. Whose its token is, is not looked at for an address that asks too often.
    private func count(_ request: ClientRequest, _ target: RequestTarget) throws(Problem) {
        request.isCounted = true
        guard !RateLimits.standard.contains(target.path) else { return }
        do {
            try gateway.limits.admit(
                request.client, isSignIn: RateLimits.isSignIn(request.head.method, target), telling: &request.limits)
            guard let authorization = request.fields.authorization else { return }
            switch gateway.limits.owner(of: authorization) {
            case .known(let client): try gateway.limits.admit(client, telling: &request.limits)
            case .unknown(let token): identify(request, by: token)
            case nil: break
            }
        } catch {
            throw gateway.metrics.refusal(error)
        }
    }

    /// Goes on when it is known whose token it is.
    private func identify(_ request: ClientRequest, by token: String) {
        guard let context else { return }
        request.isBeingIdentified = true
        let limits = gateway.limits
        let client = context.eventLoop.makeFutureWithTask { await limits.identify(token) }
        client.assumeIsolated().whenSuccess { client in
            guard self.current === request else { return }
            request.isBeingIdentified = false
            do throws(Problem) {
                try self.admit(request, as: client)
            } catch {
                self.refuse(request, error)
            }
            self.takeTurns()
        }
    }

    private func admit(_ request: ClientRequest, as client: Client) throws(Problem) {
        do {
            try gateway.limits.admit(client, telling: &request.limits)
        } catch {
            throw gateway.metrics.refusal(error)
        }
        if let target = request.target { try pass(request, target) }
    }

    /// To who answers for its path: an upstream, or the router for what is the gateway's own.
    private func pass(_ request: ClientRequest, _ target: RequestTarget) throws(Problem) {
        guard let place = request.place else { return askRouter(request) }
        let exchange = try gateway.forwarder(to: place.upstream).exchange(request, to: target, for: self)
        request.exchange = exchange
        do throws(Problem) {
            try exchange.begin()
        } catch {
            request.exchange = nil
            throw error
        }
    }

    private func askRouter(_ request: ClientRequest) {
        guard let context else { return }
        // The router writes the line of what it answers.
        request.isRecorded = true
        router.answer(to: request.head, on: context.channel).assumeIsolated().whenComplete { result in
            guard self.current === request else { return }
            switch result {
            case .success(let answer): self.answer(request, answer.head.status, answer.head.headers, answer.body)
            case .failure: self.refuse(request, .malformedRequest("The head of the request is not acceptable."))
            }
            self.takeTurns()
        }
    }
}
