import ServiceKit
import Synchronization

@testable import order_service

/// Stands between an order's saga and its neighbours, counts the calls and lets a test interfere with each.
final class Script: Sendable {
    enum Moment: Sendable, CaseIterable {
        case before
        case after
    }

    enum Interference: Sendable {
        case none
        /// The neighbour seems not to answer: without having been asked, or after it has done it.
        case unavailable
    }

    typealias Interfere = @Sendable (_ call: Int, _ moment: Moment) async -> Interference

    private let names = Mutex<[String]>([])
    private let interfere: Interfere

    init(_ interfere: @escaping Interfere = { _, _ in .none }) {
        self.interfere = interfere
    }

    /// What was asked, in order: `check`, `reserve`, `confirm`, `release`, `return`; `authorise`, `capture`, `void`,
    /// `refund`.
    var calls: [String] { names.withLock(\.self) }

    func around(_ neighbours: SagaNeighbours) -> SagaNeighbours {
        SagaNeighbours(
            buyers: Buyers { id in await self.call("check") { await neighbours.buyers.check(id) } },
            stock: ScriptedStock(stock: neighbours.stock, script: self),
            payments: neighbours.payments.map { ScriptedPayments(payments: $0, script: self) })
    }

    fileprivate func call<Value>(_ name: String, _ perform: @Sendable () async -> StepOutcome<Value>) async
        -> StepOutcome<Value>
    {
        let number = names.withLock { names in
            names.append(name)
            return names.count
        }
        if case .unavailable = await interfere(number, .before) { return .unavailable("not asked") }
        let outcome = await perform()
        if case .unavailable = await interfere(number, .after) { return .unavailable("the answer is lost") }
        return outcome
    }
}

private struct ScriptedStock: Stock {
    let stock: any Stock
    let script: Script

    func reserve(_ reservation: StockReservation) async -> StepOutcome<Order.Offer> {
        await script.call("reserve") { await stock.reserve(reservation) }
    }

    func confirm(_ reservation: StockReservation) async -> StepOutcome<Void> {
        await script.call("confirm") { await stock.confirm(reservation) }
    }

    func release(_ reservation: StockReservation) async -> StepOutcome<Void> {
        await script.call("release") { await stock.release(reservation) }
    }

    func giveBack(_ reservation: StockReservation) async -> StepOutcome<Void> {
        await script.call("return") { await stock.giveBack(reservation) }
    }
}

private struct ScriptedPayments: PaymentProvider {
    let payments: any PaymentProvider
    let script: Script

    func authorise(_ payment: Payment) async -> StepOutcome<Void> {
        await script.call("authorise") { await payments.authorise(payment) }
    }

    func capture(_ payment: Payment) async -> StepOutcome<Void> {
        await script.call("capture") { await payments.capture(payment) }
    }

    func void(_ payment: Payment) async -> StepOutcome<Void> {
        await script.call("void") { await payments.void(payment) }
    }

    func refund(_ payment: Payment) async -> StepOutcome<Void> {
        await script.call("refund") { await payments.refund(payment) }
    }
}

/// The moment a process dies at: whoever comes there stays until it is cancelled, and the test is told.
final class Grave: Sendable {
    private let arrivals = AsyncStream<Void>.makeStream()

    /// Stays, at that call and moment; passes at any other.
    func at(_ call: Int, _ moment: Script.Moment) -> Script.Interfere {
        { number, when in
            if number == call, when == moment {
                self.arrivals.continuation.yield()
                await Self.stay()
            }
            return .none
        }
    }

    /// Waits until somebody has come.
    func arrival() async {
        for await _ in arrivals.stream { return }
    }

    /// Until cancelled.
    static func stay() async {
        let (never, continuation) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        continuation.finish()
    }
}
