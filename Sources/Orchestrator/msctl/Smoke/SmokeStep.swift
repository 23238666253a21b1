/// The steps of the check, in order; each needs those before it.
enum SmokeStep: String, CaseIterable {
    case status = "every service is ready"
    case register = "register two users"
    case logIn = "log in as both"
    case createProducts = "create two products"
    case placeOrder = "place an order of both"
    case stockFell = "the stock has fallen by what was ordered"
    case refuseOrder = "an order that cannot be met is refused"
    case released = "what it held is released"
    case readBack = "read the order back"
    case keepOut = "another user cannot read it"
    case logs = "the logs show the order's way through the services"
}

/// What became of a step.
struct SmokeResult: Equatable {
    let step: SmokeStep
    let duration: Duration
    /// nil when it passed.
    let failure: String?
}

/// Why a step failed.
struct SmokeFailure: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
