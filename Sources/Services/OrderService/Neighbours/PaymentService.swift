import Foundation
import HTTPTypes
import ServiceKit

/// A provider of payments behind the small JSON interface that docs/shop.md describes.
///
/// A call without a useful answer may have moved money. What became of it is looked up at once; while that is unknown too
/// the saga waits and asks again under the same id, which the provider knows.
struct PaymentService: PaymentProvider {
    /// Longer than a bank takes; with the look-up and the longest pause shorter than a saga's lease.
    static let timeout = Duration.seconds(5)

    private let provider: Neighbour
    private let authorization: String

    init(
        at url: URL, credential: Secret, over http: OutgoingHTTP, timeout: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        let address = Endpoint(instance: "payment-provider", url: url)
        provider = Neighbour(
            InstancePool("payment-provider", now: now) { [address] }, over: http, timeout: timeout)
        authorization = "Bearer \(credential.text)"
    }

    func authorise(_ payment: Payment) async -> StepOutcome<Void> {
        let body: JSONValue = [
            "id": .string(payment.id.text), "orderId": .string(payment.orderID.text),
            "buyerId": .string(payment.buyerID.text), "amount": payment.amount.json,
        ]
        return await ask([], body, about: payment, until: [.authorised])
    }

    func capture(_ payment: Payment) async -> StepOutcome<Void> {
        await ask([payment.id.text, "capture"], about: payment, until: [.captured])
    }

    func void(_ payment: Payment) async -> StepOutcome<Void> {
        await undo([payment.id.text, "void"], payment)
    }

    func refund(_ payment: Payment) async -> StepOutcome<Void> {
        await undo([payment.id.text, "refund"], payment)
    }

    /// The states of a payment. The last three are final.
    private enum Status: String {
        case authorised
        case captured
        case declined
        case voided
        case refunded
    }

    /// What has to be undone cannot be refused; it is asked for until nothing of the buyer's is held or taken.
    private func undo(_ path: [String], _ payment: Payment) async -> StepOutcome<Void> {
        switch await ask(path, about: payment, until: [.voided, .refunded, .declined]) {
        case .refused(let rejection): .unavailable("\(provider.name): \(rejection.detail)")
        case let outcome: outcome
        }
    }

    private func ask(
        _ path: [String], _ body: JSONValue? = nil, about payment: Payment, until wanted: Set<Status>
    ) async -> StepOutcome<Void> {
        let headers = ["Authorization": authorization, "Idempotency-Key": payment.id.text]
        let outcome = await provider.send(
            .post, ["payments"] + path, body: body, headers: headers, isIdempotent: true)
        guard case .unavailable(let error) = outcome else { return judge(outcome, payment, wanted) }
        let found = await provider.send(
            .get, ["payments", payment.id.text], headers: ["Authorization": authorization])
        // Not there, or not there yet: what was sent may still be on its way, so it is sent again and not given up.
        guard case .answer = found else { return .unavailable(error.reason) }
        return judge(found, payment, wanted, otherwise: error.reason)
    }

    /// - Parameter reason: why nothing is known when the payment is in a state that the lost call can still change.
    private func judge(
        _ outcome: Neighbour.Outcome, _ payment: Payment, _ wanted: Set<Status>, otherwise reason: String? = nil
    ) -> StepOutcome<Void> {
        switch outcome {
        case .answer(let reply):
            guard reply.body["id"]?.string == payment.id.text,
                let status = (reply.body["status"]?.string).flatMap(Status.init)
            else { return .unexpected(reply, from: provider.name) }
            if wanted.contains(status) { return .done(()) }
            switch status {
            case .declined: return .refused(.declined)
            case .voided, .refunded: return .refused(.over)
            case .authorised, .captured:
                return reason.map { .unavailable($0) } ?? .unexpected(reply, from: provider.name)
            }
        case .refused(let reply):
            switch reply.problemType {
            case "payment-declined": return .refused(.declined)
            case "payment-over": return .refused(.over)
            default: return .unexpected(reply, from: provider.name)
            }
        case .unavailable(let error):
            return .unavailable(error.reason)
        }
    }
}

extension Rejection {
    fileprivate static let declined = Rejection(reason: .paymentDeclined, detail: "The payment was declined.")

    fileprivate static let over = Rejection(
        reason: .paymentDeclined, detail: "The payment could not be held any longer. Order again.")
}
