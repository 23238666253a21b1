import CLinux
import SystemPackage

/// The users and groups that this machine knows: passwd(5), group(5), or whatever its name service asks.
enum Accounts {
    struct User: Sendable, Hashable {
        let name: String
        let uid: UInt32
        let gid: UInt32
        let home: String
    }

    static func user(named name: String) -> User? {
        look { getpwnam_r(name, $0, $1, $2, $3) }
    }

    static func user(uid: UInt32) -> User? {
        look { getpwuid_r(uid, $0, $1, $2, $3) }
    }

    /// The group's number.
    static func group(named name: String) -> UInt32? {
        var entry = CLinux.group()
        var found: UnsafeMutablePointer<CLinux.group>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.gr_gid
    }

    /// Every group that the user belongs to, its own one among them (getgrouplist(3)).
    static func groups(of user: User) -> [UInt32] {
        var count: Int32 = 64
        while true {
            var groups = [gid_t](repeating: 0, count: Int(count))
            let room = count
            if getgrouplist(user.name, user.gid, &groups, &count) >= 0 { return Array(groups.prefix(Int(count))) }
            // Too small a room; `count` says how many there are.
            guard count > room else { return [user.gid] }
        }
    }

    private static func look(
        _ call: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> User? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        return buffer.withUnsafeMutableBufferPointer { buffer -> User? in
            guard let room = buffer.baseAddress, call(&entry, room, buffer.count, &found) == 0, found != nil,
                let name = entry.pw_name, let home = entry.pw_dir
            else { return nil }
            return User(
                name: String(cString: name), uid: entry.pw_uid, gid: entry.pw_gid, home: String(cString: home))
        }
    }
}
