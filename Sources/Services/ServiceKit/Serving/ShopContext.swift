import Foundation
import Hummingbird
import Logging
import NIOCore

/// What a handler knows of the request beside the request itself.
package struct ShopContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by the middleware before any handler runs.
    package var identity = RequestIdentity.none
    /// Who asks; anonymous on routes open to anyone.
    package var principal = Principal.anonymous
    /// Whose rows may be reached; nil where the route's rule says nothing of rows that have owners.
    var ownership: Ownership?
    /// The other end of the connection; nil in tests that have none.
    package let remoteAddress: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The path parameter `name` as an id: 400 when it is no UUID, before anything is asked with it.
    package func uuid(_ name: String) throws(Problem) -> UUID {
        guard let text = parameters.get(name), let id = UUID(text: text) else {
            throw .malformedRequest("The \(name) in the path is not a UUID.")
        }
        return id
    }

    /// The person who asks; 401 when it is not a person.
    package func account() throws(Problem) -> Principal.Account {
        guard let account = principal.account else { throw .unauthenticated }
        return account
    }

    /// Whose rows this request may reach, for lists. Asking is a fault of ours, a 500, where the route's rule says
    /// nothing of it; see ``AccessRule/holder``.
    package func reach() throws(Problem) -> Reach {
        guard let ownership else {
            logger.error("a handler asked whose rows it may reach, and the rule of its route does not say")
            throw .internalError
        }
        return ownership.ask()
    }

    /// Whether what belongs to the account `owner` may be reached.
    package func mayReach(_ owner: UUID) throws(Problem) -> Bool {
        switch try reach() {
        case .all: true
        case .account(let id): id == owner
        }
    }
}
