import Foundation
import HTTPTypes
import Hummingbird
import Synchronization

@testable import ServiceKit

/// A payment provider as docs/shop.md describes one, with a ledger of what it did with whose money, and as much trouble
/// as a test asks for.
final class Ledger: Sendable {
    static let credential = "payments-9f3a7c21"

    enum Trouble: Sendable {
        case none
        /// Says 503 and does nothing.
        case down
        /// Does it, and the answer is lost on its way.
        case lost
        /// Does it, and does not answer until the test is over.
        case silent
    }

    struct Entry: Sendable, Equatable {
        let amount: JSONValue
        var status: String
        /// How often the buyer's money was taken, and given back.
        var charges = 0
        var refunds = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var calls: [String] = []
        var trouble: @Sendable (_ call: String, _ number: Int) -> Trouble = { _, _ in .none }
        var silences: [AsyncStream<Never>.Continuation] = []
    }

    /// More than this is declined.
    private static let limit: Int64 = 100_000
    private let state = Mutex(State())

    /// `authorise`, `capture`, `void`, `refund` and `look-up`, in order.
    var calls: [String] { state.withLock(\.calls) }
    var entries: [Entry] { state.withLock { Array($0.entries.values) } }

    /// What goes wrong at a call, by its name and how often it was called, from 1.
    func trouble(_ trouble: @escaping @Sendable (_ call: String, _ number: Int) -> Trouble) {
        state.withLock { $0.trouble = trouble }
    }

    /// Ends the calls that wait.
    func close() {
        for silence in state.withLock(\.silences) { silence.finish() }
    }

    var routes: [Route] {
        [
            .post("/payments", access: .anyone) { request, _ in
                let body = try await request.json()
                guard let id = body["id"]?.string, let amount = body["amount"], body["orderId"]?.string != nil,
                    body["buyerId"]?.string != nil
                else { throw Problem.malformedRequest("This is no payment.") }
                return try await self.answer("authorise", id, request) { $0.authorise(amount, upTo: Self.limit) }
            },
            .post("/payments/:id/capture", access: .anyone, change("capture") { $0.capture() }),
            .post("/payments/:id/void", access: .anyone, change("void") { $0.void() }),
            .post("/payments/:id/refund", access: .anyone, change("refund") { $0.refund() }),
            .get("/payments/:id", access: .anyone, change("look-up") { $0.map(Entry.answer) ?? Entry.unknown }),
        ]
    }

    private typealias Change = @Sendable (inout Entry?) -> (status: Int, type: String?)

    private func change(_ call: String, _ change: @escaping Change) -> Route.Handler {
        { request, context in try await self.answer(call, context.uuid("id").text, request, change) }
    }

    private func answer(_ call: String, _ id: String, _ request: Request, _ change: Change) async throws -> Response {
        let key = HTTPField.Name.idempotencyKey
        guard request.headers[.authorization] == "Bearer \(Self.credential)",
            call == "look-up" || request.headers[key] == id
        else { throw Problem.forbidden }
        let (trouble, outcome, entry) = state.withLock { state in
            state.calls.append(call)
            let trouble = state.trouble(call, state.calls.count { $0 == call })
            if case .down = trouble { return (trouble, (status: 503, type: String?.none), Entry?.none) }
            var entry = state.entries[id]
            let outcome = change(&entry)
            state.entries[id] = entry
            return (trouble, outcome, entry)
        }
        switch trouble {
        case .none: break
        case .down, .lost: throw Problem.unavailable("")
        case .silent:
            let (silence, continuation) = AsyncStream.makeStream(of: Never.self)
            state.withLock { $0.silences.append(continuation) }
            for await _ in silence {}
        }
        let status = HTTPResponse.Status(code: outcome.status)
        if let type = outcome.type { throw Problem(type: type, status: status, title: "No") }
        return .json(status, ["id": .string(id), "status": .string(entry?.status ?? "")])
    }
}

extension Ledger.Entry {
    static let unknown = (status: 404, type: "not-found" as String?)

    /// The answer to a request that found it in this state.
    static func answer(_ entry: Ledger.Entry) -> (status: Int, type: String?) { (200, nil) }
}

extension Ledger.Entry? {
    fileprivate mutating func authorise(_ amount: JSONValue, upTo limit: Int64) -> (status: Int, type: String?) {
        let isNew = self == nil
        if isNew {
            let declines = amount["amount"]?.integer ?? .max > limit
            self = Ledger.Entry(amount: amount, status: declines ? "declined" : "authorised")
        }
        switch self?.status {
        case "declined": return (402, "payment-declined")
        case "authorised", "captured": return (isNew ? 201 : 200, nil)
        default: return (409, "payment-over")
        }
    }

    fileprivate mutating func capture() -> (status: Int, type: String?) {
        switch self?.status {
        case "authorised":
            self?.status = "captured"
            self?.charges += 1
            return (200, nil)
        case "captured": return (200, nil)
        case nil: return Ledger.Entry.unknown
        default: return (409, "payment-over")
        }
    }

    fileprivate mutating func void() -> (status: Int, type: String?) {
        switch self?.status {
        case "captured": return (409, "payment-captured")
        case "authorised": self?.status = "voided"
        case nil: self = Ledger.Entry(amount: .null, status: "voided")
        default: break
        }
        return (200, nil)
    }

    fileprivate mutating func refund() -> (status: Int, type: String?) {
        guard self?.status == "captured" else { return void() }
        self?.status = "refunded"
        self?.refunds += 1
        return (200, nil)
    }
}
