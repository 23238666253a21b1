import Foundation

/// Who may use a route, declared where the route is. A rule is a list of grants; one that fits is enough.
package struct AccessRule: Sendable, Equatable {
    package enum Grant: Sendable, Equatable {
        case account
        case holder
        case owner(parameter: String)
        case `operator`
        case service
    }

    package let grants: [Grant]

    /// Everyone; credentials are not even read.
    package static let anyone = AccessRule(grants: [])
    /// Any person who is logged in.
    package static let account = AccessRule(grants: [.account])
    /// Any person who is logged in, for what belongs to that person; operators, for what belongs to anybody.
    ///
    /// Whose it is stands in the rows, so the handler asks: ``ShopContext/mayReach(_:)`` for one row,
    /// ``ShopContext/reach()`` for a list. What it answers without having asked is not sent.
    package static let holder = AccessRule(grants: [.holder])
    /// Operators of the shop.
    package static let `operator` = AccessRule(grants: [.operator])
    /// The shop's other services.
    package static let service = AccessRule(grants: [.service])
    /// The person whose id is the path parameter `parameter`, and operators.
    package static func owner(_ parameter: String) -> AccessRule {
        AccessRule(grants: [.owner(parameter: parameter), .operator])
    }

    /// Whoever either rule lets in.
    package func or(_ other: AccessRule) -> AccessRule {
        AccessRule(grants: grants + other.grants)
    }

    package var isOpen: Bool { grants.isEmpty }

    /// The path parameters that name an owner.
    var parameters: [String] {
        grants.compactMap { if case .owner(let parameter) = $0 { parameter } else { nil } }
    }

    /// How one shows that one may: names of security schemes, one of which is enough.
    var schemes: [String] {
        (grants.contains { $0 != .service } ? ["bearer"] : []) + (grants.contains(.service) ? ["service"] : [])
    }

    /// Throws 401 or 403 unless `principal` may pass; 400 when the owner's id in the path is no UUID.
    func check(_ principal: Principal, in context: ShopContext) throws(Problem) {
        guard !isOpen else { return }
        guard principal != .anonymous else { throw .unauthenticated }
        for grant in grants {
            switch grant {
            case .account, .holder: if principal.account != nil { return }
            case .operator: if principal.isOperator { return }
            case .service: if principal == .service { return }
            case .owner(let parameter): if try context.uuid(parameter) == principal.account?.id { return }
            }
        }
        throw .forbidden
    }

    /// Whose rows `principal`, who may pass, reaches; nil when the rule says nothing of rows that have owners.
    func reach(of principal: Principal) -> Reach? {
        guard grants.contains(.holder) else { return nil }
        return switch principal {
        case .anonymous: nil
        case .account(let account): principal.isOperator ? .all : .account(account.id)
        case .service: .all
        }
    }
}
