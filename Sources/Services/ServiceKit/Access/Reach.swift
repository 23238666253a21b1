import Foundation
import Synchronization

/// Whose rows a request may reach.
package enum Reach: Sendable, Equatable {
    /// Everybody's.
    case all
    /// Those of one account.
    case account(UUID)
}

/// The reach that a route's rule gives one request, and whether its handler has asked for it. Who has not asked may have
/// answered with what is somebody else's.
final class Ownership: Sendable {
    private let reach: Reach
    private let asked = Atomic(false)

    init(reach: Reach) {
        self.reach = reach
    }

    var wasAsked: Bool { asked.load(ordering: .relaxed) }

    func ask() -> Reach {
        asked.store(true, ordering: .relaxed)
        return reach
    }
}
