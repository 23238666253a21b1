/// Something one task waits for and another lets happen.
package struct Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    package func open() {
        continuation.finish()
    }

    package func pass() async {
        for await _ in stream {}
    }
}
