import HTTPTypes
import ServiceKit
import ServiceTestSupport

@testable import order_service

/// Lives of the order-service that end early.
extension Shop {
    /// Places an order and dies at a call to a neighbour.
    ///
    /// - Parameter interfere: what else happens at calls.
    func die(
        at call: Int, _ moment: Script.Moment, placing items: [(String, Int64)], by buyer: Buyer, key: String = "k",
        isPaid: Bool? = nil, _ interfere: @escaping Script.Interfere = { _, _ in .none }
    ) async throws {
        let grave = Grave()
        let end = grave.at(call, moment)
        let script = Script { number, when in
            _ = await interfere(number, when)
            return await end(number, when)
        }
        try await serve(script, isPaid: isPaid) { client in
            let trace: HTTPFields = [.traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]
            let request = Task { try await client.order(items, by: buyer, key: key, headers: trace) }
            await grave.arrival()
            // The client goes with the process; its answer is of no interest.
            request.cancel()
            _ = await request.result
        }
    }

    /// Cancels an order and dies at a call to a neighbour.
    func die(at call: Int, _ moment: Script.Moment, cancelling order: String, by buyer: Buyer) async throws {
        let grave = Grave()
        try await serve(Script(grave.at(call, moment))) { client in
            let request = Task { try await client.cancel(order, by: buyer) }
            await grave.arrival()
            request.cancel()
            _ = await request.result
        }
    }
}
