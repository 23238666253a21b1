import Foundation
import Logging
import ServiceKit

/// Runs one saga until it is finished: does what is next, stores what came of it, and so on. A neighbour that does not
/// answer is asked again, for as long as it takes; a process that ends in between is of no consequence, since every
/// step can be repeated.
struct SagaRunner: Sendable {
    let sagas: SagaStore
    let neighbours: SagaNeighbours
    let policy: SagaPolicy
    let clock: WallClock
    let logger: Logger
    let outcomes: Counter

    /// Returns when the saga is finished, or is another instance's; throws when it has to be left to a later run.
    func run(_ id: UUID) async throws {
        guard let saga = try await sagas.claim(id) else { return }
        try await RequestIdentity.$current.withValue(saga.identity) { try await drive(saga) }
    }

    private func drive(_ claimed: Saga) async throws {
        var saga = claimed
        var failures = 0
        while let action = saga.next {
            let outcome = await perform(action, of: saga)
            // A call that was cut short by the end of the process tells nothing; the next life repeats it.
            try Task.checkCancellation()
            var changed = saga
            switch outcome {
            case .done(let offer):
                failures = 0
                changed.succeed(offer, at: clock.now())
            case .refused(let rejection):
                changed.refuse(rejection, at: clock.now())
            case .unavailable(let reason):
                failures += 1
                let delay = policy.delay(failures)
                tell(.warning, "a neighbour does not answer, trying again", action, saga, ["reason": .string(reason)])
                try await policy.pause(delay)
                changed.begin()
            }
            let stored = try await sagas.save(changed, over: saga)
            report(action, outcome, from: saga, to: stored)
            saga = stored
        }
    }

    private func perform(_ action: Saga.Action, of saga: Saga) async -> StepOutcome<Order.Offer?> {
        switch action {
        case .perform(let step):
            switch step.kind {
            case .checkBuyer:
                await neighbours.buyers.check(saga.order.userID).map { nil }
            case .reserve(let line):
                await neighbours.stock.reserve(saga.reservation(line: line)).map(\.self)
            case .confirm(let line):
                await neighbours.stock.confirm(saga.reservation(line: line)).map { nil }
            case .authorise:
                await pay(saga) { await $0.authorise($1) }
            case .capture:
                await pay(saga) { await $0.capture($1) }
            }
        case .undo(let step):
            switch step.kind {
            case .checkBuyer:
                .done(nil)
            case .reserve(let line):
                await neighbours.stock.release(saga.reservation(line: line)).map { nil }
            case .confirm(let line):
                await neighbours.stock.giveBack(saga.reservation(line: line)).map { nil }
            case .authorise:
                await pay(saga) { await $0.void($1) }
            case .capture:
                await pay(saga) { await $0.refund($1) }
            }
        }
    }

    /// Asks the provider, unless nothing is to be paid. An order that was placed while there was one waits for him.
    private func pay(
        _ saga: Saga, _ ask: (any PaymentProvider, Payment) async -> StepOutcome<Void>
    ) async -> StepOutcome<Order.Offer?> {
        guard let payment = saga.payment else { return .unavailable("the prices of the order are not known") }
        guard payment.amount.amount > 0 else { return .done(nil) }
        guard let payments = neighbours.payments else { return .unavailable("PAYMENT_URL is not set") }
        return await ask(payments, payment).map { nil }
    }

    // MARK: Log lines

    private func report(
        _ action: Saga.Action, _ outcome: StepOutcome<Order.Offer?>, from before: Saga, to saga: Saga
    ) {
        switch (outcome, action) {
        case (.done, .perform): tell(.info, "step done", action, saga)
        case (.done, .undo): tell(.info, "step undone", action, saga)
        case (.refused(let rejection), _):
            tell(.notice, "step refused", action, saga, ["reason": .string(rejection.reason.rawValue)])
        case (.unavailable, _): break
        }
        if saga.order.status != before.order.status {
            outcomes.increment(["status": saga.order.status.rawValue])
            logger.info("order \(saga.order.status.rawValue)", metadata: saga.metadata)
        }
        if before.phase == .undoing, saga.phase == .finished {
            logger.info("order undone", metadata: saga.metadata)
        }
    }

    private func tell(
        _ level: Logger.Level, _ message: Logger.Message, _ action: Saga.Action, _ saga: Saga,
        _ more: Logger.Metadata = [:]
    ) {
        let step =
            switch action {
            case .perform(let step), .undo(let step): step
            }
        var fields = saga.metadata.merging(more) { $1 }
        fields["step"] = .string(step.kind.name)
        if let line = step.kind.line {
            let reservation = saga.reservation(line: line)
            fields["productId"] = .string(reservation.productID.text)
            fields["reservationId"] = .string(reservation.id.text)
        }
        if [.authorise, .capture].contains(step.kind), let payment = saga.payment {
            fields["paymentId"] = .string(payment.id.text)
        }
        logger.log(level: level, message, metadata: fields)
    }
}
