import Hummingbird

/// The JSON body of a request, of which the members can be read that its route lets be written. There is no other way to
/// read one, so a route cannot forget to say which they are.
package struct JSONBody: Sendable {
    let request: Request
    let members: Set<String>

    /// What there is to read. Any other member is refused as one that nobody knows.
    ///
    /// - Throws: 415 when it is not declared as JSON or is encoded, 413 when it is too large, 400 when it is not JSON.
    package func read() async throws -> ObjectReader {
        ObjectReader(try await request.json(), declared: members)
    }
}
