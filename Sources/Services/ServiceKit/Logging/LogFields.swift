import Synchronization

/// The fields that a log line may have beside those that every line has. What is not named here is not written, so that
/// nobody logs a body, a token or a password by the name it has where he found it; and it is counted, so that it is seen.
package struct LogFields: Sendable {
    private let names: Set<String>

    package init(_ names: Set<String>) {
        self.names = names
    }

    /// Those that the shop's services write.
    package static let declared = LogFields([
        "accountId", "bytes", "changed", "check", "circuit", "connections", "delta", "durationMs", "error", "failure",
        "method", "movementId", "orderId", "path", "paymentId", "port", "problems", "productId", "quantity", "reason",
        "reservationId", "route", "socket", "status", "step", "upstream", "upstreamMs", "upstreamTries",
    ])

    package func contains(_ name: String) -> Bool {
        names.contains(name)
    }

    private static let droppedFields = Atomic(0)

    /// How many fields this process has not written.
    package static var dropped: Int { droppedFields.load(ordering: .relaxed) }

    static func countDropped() {
        droppedFields.add(1, ordering: .relaxed)
    }
}
