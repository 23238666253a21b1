import CLinux
import Manifest

/// `ulimits:` as setrlimit(2) takes them.
enum Ulimit {
    /// Compose's names and the kernel's numbers (asm-generic/resource.h; the same on x86-64 and arm64).
    static let resources: [String: Int32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "as": 9, "locks": 10, "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]

    static func name(of resource: Int32) -> String {
        resources.first { $0.value == resource }?.key ?? "number \(resource)"
    }

    /// Throws when the kernel would refuse it, with what would help.
    static func check(_ limit: ResourceLimits.Ulimit) throws(LaunchError) {
        guard let resource = resources[limit.name] else { throw .unknownLimit(limit.name) }
        let soft = limit.soft ?? .max
        let hard = limit.hard ?? .max
        guard soft <= hard else { throw .limitOutOfOrder(limit.name, soft: text(soft), hard: text(hard)) }
        var ownSoft: UInt64 = 0
        var ownHard: UInt64 = 0
        guard clinux_get_limit(resource, &ownSoft, &ownHard) == 0 else { return }
        if hard > ownHard, !Capability.resources.isHeld {
            throw .limitTooHigh(limit.name, asked: text(hard), most: text(ownHard))
        }
        if limit.name == "nofile", let most = openFilesAtMost, hard > most {
            throw .tooManyFiles(asked: text(hard), most: most)
        }
    }

    /// The three words of the shim's `--limit`.
    static func words(_ limit: ResourceLimits.Ulimit) -> [String] {
        guard let resource = resources[limit.name] else { return [] }
        return ["--limit", String(resource), String(limit.soft ?? .max), String(limit.hard ?? .max)]
    }

    private static func text(_ value: UInt64) -> String { value == .max ? "unlimited" : String(value) }

    /// The kernel's bound for nofile, for root too.
    private static var openFilesAtMost: UInt64? { KernelFile.number("/proc/sys/fs/nr_open") }
}
