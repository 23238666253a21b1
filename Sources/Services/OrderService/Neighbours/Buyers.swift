import Foundation
import HTTPTypes
import ServiceKit

/// Who may buy: everybody who has an account.
struct Buyers: Sendable {
    let check: @Sendable (UUID) async -> StepOutcome<Void>

    static func known(to users: Neighbour) -> Buyers {
        Buyers { id in
            switch await users.send(.get, ["api", "users", id.text]) {
            case .answer(let reply) where reply.body["id"]?.string == id.text:
                .done(())
            case .refused(let reply) where reply.status == .notFound && reply.problemType == "not-found":
                .refused(Rejection(reason: .unknownBuyer, detail: "There is no account \(id.text)."))
            case .answer(let reply), .refused(let reply):
                .unexpected(reply, from: users.name)
            case .unavailable(let error):
                .unavailable(error.reason)
            }
        }
    }
}
