import CLinux

/// Who runs a service, when that is somebody else than who runs msctl (credentials(7)).
package struct Credentials: Sendable, Hashable, Codable {
    package let uid: UInt32
    package let gid: UInt32
    /// Further groups.
    package let groups: [UInt32]
    /// The account's name, or its number where no account has it.
    package let name: String
    package let home: String

    /// `user:` is `USER`, `USER:GROUP`, `UID` or `UID:GID`; `groups:` are names or numbers. nil when that is who msctl runs
    /// as anyway. A named user, or a number that has an account, brings the groups of its account along.
    static func resolve(user: String?, groups: [String]) throws(LaunchError) -> Credentials? {
        guard user != nil || !groups.isEmpty else { return nil }
        let own = UInt32(geteuid())
        let parts = (user ?? String(own)).split(separator: ":", maxSplits: 1).map(String.init)
        let who = parts.first ?? ""
        let account = UInt32(who).map { Accounts.user(uid: $0) } ?? Accounts.user(named: who)
        guard let uid = account?.uid ?? UInt32(who) else { throw .unknownUser(who) }
        let gid: UInt32
        if parts.count > 1 {
            gid = try group(parts[1])
        } else if let account {
            gid = account.gid
        } else {
            throw .userWithoutGroup(uid)
        }
        var others = account.map { Accounts.groups(of: $0) } ?? []
        for name in groups { others.append(try group(name)) }
        let all = Set(others).subtracting([gid]).sorted()
        if !Capability.setUser.isHeld || !Capability.setGroup.isHeld {
            guard uid == own, Set(all + [gid]).isSubset(of: ownGroups) else {
                throw .mayNotChangeUser(user ?? "the groups \(groups.joined(separator: ", "))")
            }
            return nil
        }
        if uid == own, gid == UInt32(getegid()), Set(all).isSubset(of: ownGroups) { return nil }
        return Credentials(
            uid: uid, gid: gid, groups: all, name: account?.name ?? String(uid), home: account?.home ?? "/")
    }

    /// What programs expect to find: HOME, USER and LOGNAME, as login(1) sets them.
    var variables: [String: String] { ["HOME": home, "USER": name, "LOGNAME": name] }

    private static func group(_ text: String) throws(LaunchError) -> UInt32 {
        if let number = UInt32(text) { return number }
        guard let gid = Accounts.group(named: text) else { throw .unknownGroup(text) }
        return gid
    }

    private static var ownGroups: Set<UInt32> {
        var groups = [gid_t](repeating: 0, count: 65_536)
        let count = getgroups(Int32(groups.count), &groups)
        return Set(groups.prefix(Int(max(0, count)))).union([UInt32(getegid())])
    }
}
