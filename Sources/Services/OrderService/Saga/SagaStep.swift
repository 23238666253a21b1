import Foundation

/// One step of an order's saga: something a neighbour does for us, and can be asked to undo.
struct SagaStep: Sendable, Equatable {
    let position: Int
    let kind: Kind
    var state = State.pending
    /// How often it was begun. Counted before the call, so a step that was never begun cannot have happened.
    var attempts = 0

    enum Kind: Sendable, Equatable {
        case checkBuyer
        /// Take the pieces of a line out of the stock.
        case reserve(line: Int)
        /// Have the buyer's money held, once everything is reserved and its price known.
        case authorise
        /// Buy what is reserved for a line.
        case confirm(line: Int)
        /// Take the money that is held, once everything is bought.
        case capture
    }

    enum State: String, Sendable {
        /// Not done yet. If it was begun, it may have happened.
        case pending
        case done
        /// Done, or perhaps done, and taken back.
        case undone
        /// The neighbour refused it, and it cannot have happened.
        case failed
    }

    /// Whether there is, or may be, something to take back.
    var needsUndo: Bool {
        guard kind != .checkBuyer else { return false }
        return state == .done || (state == .pending && attempts > 0)
    }

    /// The steps of an order of `lines` lines: the buyer, then all reservations, then all confirmations; if it is paid
    /// for, the money is held before anything is bought, and taken when everything is.
    static func all(lines: Int, isPaid: Bool) -> [SagaStep] {
        let reservations = (0..<lines).map(Kind.reserve) + (isPaid ? [.authorise] : [])
        let purchases = (0..<lines).map(Kind.confirm) + (isPaid ? [.capture] : [])
        let kinds = [.checkBuyer] + reservations + purchases
        return kinds.enumerated().map { SagaStep(position: $0, kind: $1) }
    }
}

extension SagaStep.Kind {
    /// As stored and logged.
    var name: String {
        switch self {
        case .checkBuyer: "check-buyer"
        case .reserve: "reserve"
        case .authorise: "authorise-payment"
        case .confirm: "confirm"
        case .capture: "capture-payment"
        }
    }

    var line: Int? {
        switch self {
        case .checkBuyer, .authorise, .capture: nil
        case .reserve(let line), .confirm(let line): line
        }
    }

    init?(name: String, line: Int?) {
        switch (name, line) {
        case ("check-buyer", nil): self = .checkBuyer
        case ("reserve", let line?): self = .reserve(line: line)
        case ("authorise-payment", nil): self = .authorise
        case ("confirm", let line?): self = .confirm(line: line)
        case ("capture-payment", nil): self = .capture
        default: return nil
        }
    }
}
