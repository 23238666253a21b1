import Foundation
import Synchronization
import TestSupport

/// A provider of payments that knows of none until it is let: before that every call comes to nothing.
final class HeldPayments: Sendable {
    private struct State {
        var isHeld = true
        var calls = 0
        /// By the payment's id.
        var statuses: [String: String] = [:]
    }

    private let state = Mutex(State())

    /// What became of the payments.
    var statuses: [String] { state.withLock { Array($0.statuses.values) } }
    /// Those that came to nothing included.
    var calls: Int { state.withLock { $0.calls } }

    func letGo() { state.withLock { $0.isHeld = false } }

    func serve(_ connection: TestConnection) {
        while let request = connection.readRequest() {
            let (status, body) = answer(request)
            connection.answer(body, status: status, headers: "Content-Type: application/json\r\n")
        }
    }

    private func answer(_ request: String) -> (status: String, body: String) {
        let words = request.prefix { $0 != "\r\n" }.split(separator: " ")
        let path = words.dropFirst().first?.split(separator: "/").map(String.init) ?? []
        return state.withLock { state in
            state.calls += 1
            if state.isHeld { return ("503 Service Unavailable", "{}") }
            let body = request.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first ?? ""
            let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            guard let id = path.dropFirst().first ?? object?["id"] as? String else { return ("404 Not Found", "{}") }
            switch path.dropFirst(2).first {
            case "capture": state.statuses[id] = "captured"
            case "void": state.statuses[id] = "voided"
            case "refund": state.statuses[id] = "refunded"
            default: if words.first == "POST" { state.statuses[id] = state.statuses[id] ?? "authorised" }
            }
            guard let known = state.statuses[id] else { return ("404 Not Found", "{}") }
            return ("200 OK", #"{"id":"\#(id)","status":"\#(known)"}"#)
        }
    }
}
