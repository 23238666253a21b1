import Foundation
import ServiceKit
import Testing

@testable import order_service

@Suite struct SagaTests {
    private let now = Timestamp(milliseconds: 1)
    private let offer = Order.Offer(name: "Teapot", unitPrice: Money(amount: 5, currency: .euro))
    private let refusal = Rejection(reason: .insufficientStock, detail: "")

    private func saga(lines: Int) -> Saga {
        let lines = (0..<lines).map { _ in Order.Line(productID: UUID(), quantity: 2) }
        var saga = Saga(placing: lines, for: UUID(), asked: .fresh(), at: now)
        saga.begin()
        return saga
    }

    /// Does what is next, with success, until it is finished or `count` actions are done; gives what was done.
    private func run(_ saga: inout Saga, _ count: Int = .max) -> [Saga.Action] {
        var actions: [Saga.Action] = []
        while actions.count < count, let action = saga.next {
            actions.append(action)
            saga.succeed(offer, at: now)
        }
        return actions
    }

    @Test(arguments: 1...3) func `an order checks, reserves everything, then confirms everything`(lines: Int) {
        var saga = saga(lines: lines)
        let kinds = run(&saga).map(\.kind)
        #expect(
            kinds == [.checkBuyer] + (0..<lines).map { .reserve(line: $0) } + (0..<lines).map { .confirm(line: $0) })
        #expect(saga.order.status == .confirmed)
        #expect(saga.phase == .finished)
        #expect(saga.order.total == Money(amount: 10 * lines, currency: .euro))
    }

    @Test(arguments: 1...3, 0..<7)
    func `whatever step fails, exactly the done ones are undone, last first`(lines: Int, failing: Int) {
        var saga = saga(lines: lines)
        let done = run(&saga, min(failing, lines * 2))
        saga.refuse(refusal, at: now)
        #expect(saga.order.status == .rejected)
        let undone = run(&saga)
        #expect(undone.map(\.kind) == done.map(\.kind).reversed().filter { $0 != .checkBuyer })
        #expect(undone.allSatisfy { $0.isUndo })
        #expect(saga.phase == .finished)
        #expect(saga.order.rejection == refusal)
    }

    @Test func `a refused step that was tried before is undone too, since the first try may have come through`() {
        var saga = saga(lines: 2)
        _ = run(&saga, 2)
        saga.begin()
        saga.refuse(refusal, at: now)
        #expect(run(&saga).map(\.kind) == [.reserve(line: 1), .reserve(line: 0)])
    }

    @Test func `a step that was refused at its first try is not undone, and nothing is left when it was the first`() {
        var saga = saga(lines: 2)
        saga.refuse(Rejection(reason: .unknownBuyer, detail: ""), at: now)
        #expect(saga.phase == .finished)
        #expect(saga.steps.map(\.state) == [.failed, .pending, .pending, .pending, .pending])
    }

    @Test(arguments: 1...3) func `money is held after all reservations, taken last, and undone in reverse`(lines: Int)
        throws
    {
        let wanted = (0..<lines).map { _ in Order.Line(productID: UUID(), quantity: 2) }
        var saga = Saga(placing: wanted, for: UUID(), isPaid: true, asked: .fresh(), at: now)
        saga.begin()
        #expect(saga.payment == nil)
        let (reserved, bought) = ((0..<lines).map(SagaStep.Kind.reserve), (0..<lines).map(SagaStep.Kind.confirm))
        let kinds = run(&saga).map(\.kind)
        #expect(kinds == [.checkBuyer] + reserved + [.authorise] + bought + [.capture])
        #expect(saga.payment?.amount == Money(amount: 10 * lines, currency: .euro))
        try saga.cancel(at: now)
        #expect(run(&saga).map(\.kind) == kinds.dropFirst().reversed())
    }

    @Test func `two currencies reject the order and give back what was reserved`() {
        var saga = saga(lines: 2)
        _ = run(&saga, 2)
        saga.succeed(.init(name: "Mug", unitPrice: Money(amount: 1, currency: .dollar)), at: now)
        #expect(saga.order.rejection?.reason == .mixedCurrencies)
        #expect(run(&saga).map(\.kind) == [.reserve(line: 1), .reserve(line: 0)])
    }

    @Test func `a confirmed order is cancelled once, and no other is`() throws {
        var saga = saga(lines: 1)
        #expect(throws: OrderError.self) { try saga.cancel(at: now) }
        _ = run(&saga)
        try saga.cancel(at: now)
        #expect(saga.order.status == .cancelled)
        let undoing = saga
        try saga.cancel(at: now)
        #expect(saga == undoing)
        #expect(run(&saga).map(\.kind) == [.confirm(line: 0), .reserve(line: 0)])
        #expect(saga.order.status == .cancelled)
    }

    @Test func `the ids of an order's reservations are always the same and all different`() throws {
        let saga = saga(lines: 50)
        let ids = (0..<50).map { saga.reservation(line: $0).id }
        #expect(Set(ids).count == 50)
        #expect(ids == (0..<50).map { saga.reservation(line: $0).id })
        #expect(ids.allSatisfy { $0.text.dropFirst(14).first == "8" && $0 != saga.order.id })
        var priced = saga
        _ = run(&priced)
        let payment = try #require(priced.payment)
        #expect(payment.id.text.dropFirst(14).first == "8" && !ids.contains(payment.id))
    }

    @Test func `pauses double up to ten seconds, less at most half`() {
        for (failures, longest) in [(1, 100), (2, 200), (3, 400), (7, 6400), (8, 10_000), (1000, 10_000)] {
            let delay = SagaPolicy.jittered(failures)
            #expect(delay <= .milliseconds(longest) && delay >= .milliseconds(longest / 2))
        }
    }
}

extension Saga.Action {
    fileprivate var kind: SagaStep.Kind {
        switch self {
        case .perform(let step), .undo(let step): step.kind
        }
    }

    fileprivate var isUndo: Bool {
        if case .undo = self { true } else { false }
    }
}

extension Money.Currency {
    fileprivate static var euro: Money.Currency { code("EUR") }
    fileprivate static var dollar: Money.Currency { code("USD") }

    private static func code(_ text: String) -> Money.Currency {
        guard let currency = Money.Currency(text) else { preconditionFailure("\(text) is a currency") }
        return currency
    }
}
