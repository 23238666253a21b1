import Foundation
import Logging
import ServiceKit

/// An order and how far it has come. All decisions are here and none of them waits for anything: the runner asks what is
/// next, does it, says what came of it, and stores the result before it asks again.
struct Saga: Sendable, Equatable {
    private(set) var order: Order
    private(set) var phase: Phase
    private(set) var steps: [SagaStep]
    /// Counts the stored changes; who stores a change of an older version is too late.
    var version = 0
    /// The trace and the name of the request that placed the order, for everything done on its behalf.
    let traceparent: String
    let requestID: String

    enum Phase: String, Sendable {
        /// Doing the steps in order.
        case advancing
        /// Taking them back, last first. The order's fate is decided.
        case undoing
        case finished
    }

    /// What is to be done now.
    enum Action: Sendable, Equatable {
        case perform(SagaStep)
        case undo(SagaStep)
    }

    init(
        placing lines: [Order.Line], for buyer: UUID, isPaid: Bool = false, asked identity: RequestIdentity,
        at now: Timestamp
    ) {
        order = Order(
            id: .random(), userID: buyer, status: .pending, lines: lines, rejection: nil, createdAt: now,
            updatedAt: now)
        phase = .advancing
        steps = SagaStep.all(lines: lines.count, isPaid: isPaid)
        traceparent = identity.trace.traceparent
        requestID = identity.requestID
    }

    /// As it was stored.
    init(order: Order, phase: Phase, steps: [SagaStep], version: Int, traceparent: String, requestID: String) {
        self.order = order
        self.phase = phase
        self.steps = steps
        self.version = version
        self.traceparent = traceparent
        self.requestID = requestID
    }

    /// nil when it is finished.
    var next: Action? {
        switch phase {
        case .advancing: steps.first { $0.state == .pending }.map(Action.perform)
        case .undoing: steps.last(where: \.needsUndo).map(Action.undo)
        case .finished: nil
        }
    }

    // MARK: What came of it

    /// The next step is about to be tried; stored before it is.
    mutating func begin() {
        guard case .perform(let step) = next else { return }
        steps[step.position].attempts += 1
    }

    /// The next action was done; `offer` is what a reservation brought.
    mutating func succeed(_ offer: Order.Offer? = nil, at now: Timestamp) {
        switch next {
        case .perform(let step):
            steps[step.position].state = .done
            if let offer, let line = step.kind.line { order.lines[line].offer = offer }
            if order.hasMixedCurrencies {
                let detail = "The products of one order must have prices in one currency."
                reject(Rejection(reason: .mixedCurrencies, detail: detail), at: now)
            } else if next == nil {
                decide(.confirmed, at: now)
                phase = .finished
            } else {
                begin()
            }
        case .undo(let step):
            steps[step.position].state = .undone
            settle()
        case nil:
            break
        }
    }

    /// The neighbour refused the next step, and the order with it. A step that was tried before stays pending, since
    /// the earlier try may have come through, or may yet: it is taken back like one that was done.
    mutating func refuse(_ rejection: Rejection, at now: Timestamp) {
        guard case .perform(let step) = next else { return }
        if step.attempts <= 1 { steps[step.position].state = .failed }
        reject(rejection, at: now)
    }

    /// The buyer wants a confirmed order no more.
    mutating func cancel(at now: Timestamp) throws(OrderError) {
        switch order.status {
        case .pending: throw .inProgress
        case .rejected: throw .rejected
        case .cancelled: return
        case .confirmed:
            decide(.cancelled, at: now)
            phase = .undoing
            settle()
        }
    }

    private mutating func reject(_ rejection: Rejection, at now: Timestamp) {
        order.rejection = rejection
        decide(.rejected, at: now)
        phase = .undoing
        settle()
    }

    private mutating func decide(_ status: Order.Status, at now: Timestamp) {
        order.status = status
        order.updatedAt = now
    }

    private mutating func settle() {
        if next == nil { phase = .finished }
    }
}

extension Saga {
    /// A span of our own in the trace of the request that placed the order.
    var identity: RequestIdentity { .of(traceparent: traceparent, requestID: requestID) }

    /// By what its log lines are found.
    var metadata: Logger.Metadata {
        ["orderId": .string(order.id.text), "status": .string(order.status.rawValue)]
    }

    /// What is reserved for a line. Its id follows from the order and the line, so it is the same however often the
    /// step is tried.
    func reservation(line: Int) -> StockReservation {
        StockReservation(
            id: derivedID(UInt8(truncatingIfNeeded: line)), orderID: order.id, productID: order.lines[line].productID,
            quantity: order.lines[line].quantity)
    }

    /// What the buyer pays, under an id that follows from the order; nil while a price is missing. An order has fewer
    /// lines than the number that marks its payment.
    var payment: Payment? {
        order.total.map { total in
            Payment(id: derivedID(0xFF), orderID: order.id, buyerID: order.userID, amount: total)
        }
    }

    /// The order's random id with `mark` in the last byte, as version 8 (RFC 9562).
    private func derivedID(_ mark: UInt8) -> UUID {
        var bytes = order.id.uuid
        bytes.6 = bytes.6 & 0x0F | 0x80
        bytes.15 ^= mark
        return UUID(uuid: bytes)
    }
}
