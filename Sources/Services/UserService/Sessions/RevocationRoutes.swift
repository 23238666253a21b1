import Hummingbird
import ServiceKit

/// What the shop's other services ask every second; the gateway does not lead here.
struct RevocationRoutes: Sendable {
    let revocations: RevocationStore

    var routes: [Route] {
        [
            .get("/internal/revocations/:since", access: .service) { _, context in
                guard let since = context.parameters.get("since").flatMap(Int64.init), since >= 0 else {
                    throw Problem.malformedRequest("The number in the path is not one we gave out.")
                }
                return .json(.ok, try await revocations.page(since: since).json)
            }
        ]
    }
}
