import ServiceKit

extension AccessRule {
    /// The status with which the rule, read from its declaration alone, refuses `caller` what is at a route's `path`; nil
    /// when it lets him in. What a path with a parameter names is the owner's.
    func refusal(of caller: AccessMatrix.Caller, at path: String) -> Int? {
        if isOpen { return nil }
        if caller == .nobody { return 401 }
        let fitting = grants.filter { Self.fits($0, caller) }
        if fitting.isEmpty { return 403 }
        return caller == .other && fitting == [.holder] && path.contains(":") ? 404 : nil
    }

    private static func fits(_ grant: Grant, _ caller: AccessMatrix.Caller) -> Bool {
        switch grant {
        case .account, .holder: [.owner, .other, .operator].contains(caller)
        case .owner: caller == .owner
        case .operator: caller == .operator
        case .service: caller == .service
        }
    }
}
