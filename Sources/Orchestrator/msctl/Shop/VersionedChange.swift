import CurlClient

/// A change of some members of one thing, made to the version that was just read (RFC 9110, If-Match).
///
/// Only the members that somebody named are sent, and the API leaves the others as they are. So a change that comes too
/// late can be made again to what the thing is by then, and undoes nothing that its author does not know of; unless it
/// sets a member that others count with.
struct VersionedChange {
    let path: [String]
    /// What it is, for people: `the product`.
    let subject: String
    /// For a change that would undo what its author has not seen: it is not made again, and this is said instead.
    var adviceWhenLate: String?
    /// After the first time; whoever is overtaken so often had better look.
    static let mostRepeats = 3

    /// - Parameter body: what to send, made from what was read.
    func apply(
        to shop: Shop, _ body: (ShopAnswer) throws(CommandFailure) -> JSONBody
    ) async throws(CommandFailure) -> ShopAnswer {
        var repeats = 0
        while true {
            let found = try await shop.call(ShopRequest("GET", path: path))
            var request = ShopRequest("PUT", path: path, body: try body(found))
            request.subject = subject
            request.adviceWhenLate = adviceWhenLate
            // An API that gives out no versions asks for none.
            if let tag = found.response.header("ETag") { request.headers = [("If-Match", tag)] }
            let response = try await shop.answer(request)
            guard response.status == 412, adviceWhenLate == nil, repeats < Self.mostRepeats else {
                return try ShopAnswer(checking: response, to: request)
            }
            repeats += 1
        }
    }
}
